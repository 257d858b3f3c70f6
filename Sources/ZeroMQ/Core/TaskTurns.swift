internal import Synchronization

/// After how many calls that did not have to wait a task lets others have its thread.
///
/// A task that always finds something to do would keep its thread for ever, and there are as many
/// as processors. Relaxed, and not even counted exactly: two tasks that count at once count one.
@usableFromInline
struct TaskTurns: ~Copyable, Sendable {
    private static let most: UInt32 = 256
    private let count = Atomic<UInt32>(0)

    /// Counts a call. Whether it is the last of a turn.
    @usableFromInline
    var isOver: Bool {
        let next = count.load(ordering: .relaxed) &+ 1
        count.store(next, ordering: .relaxed)
        return next % Self.most == 0
    }
}
