internal import Synchronization

/// How many chunks larger than usual there may be at a time, and how many there are.
///
/// Who receives from a kernel that has much to give spends a third less processor time on half a
/// mebibyte at a time than on an eighth of one: most of a call is acknowledging, and making the
/// peer send more. But every connection keeps its last chunk, and there may be ten thousand of
/// them, so only so many have large ones at a time.
final class LargeChunks: Sendable {
    static let capacity = 524_288

    /// Those of this process.
    static let shared = LargeChunks(most: 128)

    // Relaxed: it counts, and says nothing of other memory.
    private let count = Atomic(0)
    private let most: Int

    init(most: Int) {
        self.most = most
    }

    /// Counts one more; false if there are enough.
    func admit() -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
        count.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    /// One of those admitted has gone.
    func dismiss() {
        count.wrappingSubtract(1, ordering: .relaxed)
    }
}
