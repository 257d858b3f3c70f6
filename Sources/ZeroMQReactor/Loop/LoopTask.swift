internal import Synchronization

/// A piece of work for a loop, which carries its own place in the loop's mailbox.
///
/// Subclass it and override `run()`. Posting allocates nothing. Posting a task that is queued
/// already adds nothing to the queue, yet one run is certain to begin after every post.
///
/// Open, because a class of package level cannot be subclassed in another module. It stays inside
/// the package all the same: the public module imports this one internally.
open class LoopTask: @unchecked Sendable {
    // Unchecked: `next` belongs to whoever turned `isQueued` on, until the loop has taken the list.
    // Subclasses answer for their own state; `run` is called on the loop only.

    /// Whether the task is in a mailbox. Turned on in `claim`, off in `release`.
    private let isQueued = Atomic(false)

    /// The task posted before this one, as bits; see `Mailbox`.
    final var next: UInt = 0

    /// Makes a task that is not posted yet.
    public init() {}

    /// Does the work, on the loop.
    open func run() {}

    /// Takes the right to queue the task; false when it is queued and will run anyway.
    ///
    /// Both sides exchange, so the two operations on the flag are in one order. If this one comes
    /// first, the exchange in `release` reads what it (or a later claim) wrote, and the run that
    /// follows sees everything written before the post. If it comes second, it finds the flag off
    /// and the task is queued anew.
    final func claim() -> Bool {
        !isQueued.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// Allows posting again; the loop does this before it runs the task. Pairs with `claim`.
    final func release() {
        _ = isQueued.exchange(false, ordering: .acquiringAndReleasing)
    }
}

/// A task made from a closure, run once.
final class ClosureTask: LoopTask, @unchecked Sendable {
    // Unchecked: the only state is a closure that is itself sendable.

    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        super.init()
    }

    override func run() {
        body()
    }
}
