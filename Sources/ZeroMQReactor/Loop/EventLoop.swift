internal import Synchronization

/// Waits for descriptors, timers and tasks, and runs what becomes due, on one thread at a time.
///
/// `post`, `execute`, `start`, `stop`, `join` and `wait` may be called from any thread; everything
/// else belongs to whoever drives the loop, see `EventLoop+Driving`. Without `start` the loop is
/// driven by hand with `runOnce`, which is how a simulation runs everything in one thread.
package final class EventLoop: @unchecked Sendable {
    // Unchecked: the mailbox, the owner and the thread are safe for any thread; all other state is
    // touched on the loop only, which each operation checks.

    static let nobody: UInt = 0

    /// A name for debuggers.
    package let name: String

    let selector: any Selector
    let clock: any MonotonicClock
    let mailbox = Mailbox()

    /// The thread that drives the loop. Written by that thread, which is also the only one that can
    /// read its own number here, so relaxed order suffices.
    private let owner = Atomic<UInt>(EventLoop.nobody)
    private let thread = Locked<SystemThread?>(nil)

    let helm = Helm()
    /// Where the loop's own thread sleeps while others drive, and whether it is to take over.
    /// Stored with release before the parker is handed its token, exchanged with acquire.
    let standIn = ThreadParker()
    let isSummoned = Atomic<Bool>(true)
    /// Callers may drive the loop.
    let mayHaveGuests: Bool

    var registrations = RegistrationTable()
    var timers = TimerQueue<() -> Void>()
    /// Tasks and events for which there was no time in the turn before.
    var backlog = TaskList()
    var events: [ReadyEvent] = []
    var nextEvent = 0
    /// There is so much to do that turns are cut short: who has much for one turn should do less of
    /// it at a time, for the sake of all others.
    package internal(set) var isCrowded = false
    /// Tasks to be run again shortly; see `revisit`.
    var revisits: [LoopTask] = []
    /// When the alarm rings that was set last, by the loop.
    var revisitAlarm = Instant(nanoseconds: 0)
    /// For any thread.
    let revisitMoment = RevisitMoment()
    var isStopping = false

    /// The instant at which this turn began or its events arrived.
    package internal(set) var now: Instant

    /// Makes a loop, not yet running.
    package init(
        selector: any Selector,
        clock: any MonotonicClock,
        name: String,
        mayHaveGuests: Bool = false
    ) {
        self.selector = selector
        self.clock = clock
        self.name = name
        self.mayHaveGuests = mayHaveGuests
        now = clock.now
    }

    deinit {
        // One that was driven by hand may have been left before it was done.
        for task in backlog { task.release() }
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
            "This belongs to whoever drives the loop."
        )
    }

    /// Nobody drives the loop any more.
    func disown() {
        owner.store(EventLoop.nobody, ordering: .relaxed)
    }

    private func run() {
        serve()
        // Closing refuses later posts, so that no task waits in a mailbox nobody reads.
        runAll(backlog)
        runAll(mailbox.close())
        backlog = TaskList()
        // Nothing fires any more; what the handlers and timers keep alive is let go.
        registrations = RegistrationTable()
        timers = TimerQueue()
        revisits = []
        disown()
        helm.release()
    }
}
