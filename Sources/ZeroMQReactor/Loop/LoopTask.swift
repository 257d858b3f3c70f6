internal import Synchronization

/// A unit of work for a loop, with its own link for the loop's mailbox.
///
/// Subclass it and override `run()`. Posting allocates nothing. Posting a task that is already
/// queued adds nothing to the queue, but one run is certain to begin after every post.
///
/// Open, because a class of package level cannot be subclassed in another module. It still stays
/// inside the package, because the public module imports this one internally.
open class LoopTask: @unchecked Sendable {
    // Unchecked: `next` belongs to the thread that set `isQueued`, until the loop has taken the
    // list. Subclasses are responsible for their own state; `run` is called on the loop only.

    /// Whether the task is in a mailbox. Set in `claim`, cleared in `release`.
    private let isQueued = Atomic(false)

    /// The task posted before this one, as bits; see `Mailbox`.
    final var next: UInt = 0

    /// Makes a task that is not posted yet.
    public init() {}

    /// Does the work, on the loop.
    open func run() {}

    /// Claims the right to queue the task. Returns false if it is queued and will run anyway.
    ///
    /// Both sides use an exchange, so their operations on the flag have one order. If this one
    /// comes first, the exchange in `release` reads what it (or a later claim) wrote, and the run
    /// that follows sees everything written before the post. If it comes second, it finds the flag
    /// cleared, and the task is queued again.
    final func claim() -> Bool {
        !isQueued.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// Allows the task to be posted again; the loop calls this before it runs the task. Pairs with
    /// `claim`.
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
