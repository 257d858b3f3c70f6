internal import Synchronization

/// One thread that waits for descriptors, timers and tasks, and runs what becomes due.
///
/// `post`, `execute`, `start`, `stop` and `join` may be called from any thread; everything else
/// belongs to the loop. Without `start` the loop is driven by hand with `runOnce`, which is how a
/// simulation runs everything in one thread.
package final class EventLoop: @unchecked Sendable {
    // Unchecked: the mailbox, the owner and the thread are safe for any thread; all other state is
    // touched on the loop only, which each operation checks.

    private static let nobody: UInt = 0

    /// A name for debuggers.
    package let name: String

    let selector: any Selector
    let clock: any MonotonicClock
    let mailbox = Mailbox()

    /// The thread that drives the loop. Written by that thread, which is also the only one that can
    /// read its own number here, so relaxed order suffices.
    private let owner = Atomic<UInt>(EventLoop.nobody)
    private let thread = Locked<SystemThread?>(nil)

    var registrations = RegistrationTable()
    var timers = TimerQueue<() -> Void>()
    var events: [ReadyEvent] = []
    var isStopping = false

    /// The instant at which this turn began or its events arrived.
    package internal(set) var now: Instant

    /// Makes a loop, not yet running.
    package init(selector: any Selector, clock: any MonotonicClock, name: String) {
        self.selector = selector
        self.clock = clock
        self.name = name
        now = clock.now
    }

    /// Starts the loop's own thread; throws when the system has no more threads.
    package func start() throws(SystemError) {
        try thread.withLock { thread throws(SystemError) in
            precondition(thread == nil, "A loop is started once.")
            thread = try SystemThread.start(name: name) { self.run() }
        }
    }

    /// Asks the loop to end after the tasks posted so far.
    package func stop() {
        execute { self.isStopping = true }
    }

    /// Waits for the loop's thread to end; returns at once when it was never started.
    package func join() {
        precondition(!isOnLoop, "A loop that waits for its own end waits for ever.")
        thread.withLock { $0 }?.join()
    }

    /// Whether the calling thread is the one that drives this loop.
    package var isOnLoop: Bool {
        owner.load(ordering: .relaxed) == SystemThread.currentIdentity
    }

    /// Makes the calling thread the one that drives the loop, until another does.
    package func adoptCurrentThread() {
        owner.store(SystemThread.currentIdentity, ordering: .relaxed)
    }

    /// Traps when loop-bound state is touched elsewhere; a loop that nobody drives may be set up.
    func checkOnLoop() {
        let driver = owner.load(ordering: .relaxed)
        precondition(
            driver == SystemThread.currentIdentity || driver == EventLoop.nobody,
            "This belongs to the loop's own thread."
        )
    }

    private func run() {
        adoptCurrentThread()
        while !isStopping {
            turn(maxWait: nil)
        }
        // Closing refuses later posts, so that no task waits in a mailbox nobody reads.
        runTasks(mailbox.close())
        // Nothing fires any more; what the handlers and timers keep alive is let go.
        registrations = RegistrationTable()
        timers = TimerQueue()
        owner.store(EventLoop.nobody, ordering: .relaxed)
    }
}
