internal import Synchronization

/// Counts the chunks larger than usual, and limits their number.
///
/// While the kernel has much data, receiving 512 KiB at a time takes a third less processor time
/// than 128 KiB at a time: in each call the kernel spends most time on acknowledging, which makes
/// the peer send more. But every connection keeps its last chunk, and there may be ten thousand
/// connections, so the number of large chunks is limited.
final class LargeChunks: Sendable {
    static let capacity = 524_288

    /// The count for this process.
    static let shared = LargeChunks(most: 128)

    // Relaxed: a count that no other data depends on.
    private let count = Atomic(0)
    private let most: Int

    init(most: Int) {
        self.most = most
    }

    /// Counts one more. Returns false, counting nothing, if the maximum is reached.
    func admit() -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= most { return true }
        count.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    /// A large chunk was freed.
    func dismiss() {
        count.wrappingSubtract(1, ordering: .relaxed)
    }
}
