internal import Synchronization

/// The number of calls without waiting after which a task yields its thread.
///
/// A task that always finds something to do would otherwise keep its thread forever, and there are
/// only as many threads as processors. Relaxed, and inexact: two tasks that count at the same
/// moment may count once.
@usableFromInline
struct TaskTurns: ~Copyable, Sendable {
    private static let most: UInt32 = 256
    private let count = Atomic<UInt32>(0)

    /// Counts a call. Returns whether it is the last of a turn.
    @usableFromInline
    var isOver: Bool {
        let next = count.load(ordering: .relaxed) &+ 1
        count.store(next, ordering: .relaxed)
        return next % Self.most == 0
    }
}
