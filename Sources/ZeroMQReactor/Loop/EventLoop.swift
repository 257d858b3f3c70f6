internal import Synchronization

/// Waits for descriptors, timers and tasks, and runs what becomes due, on one thread at a time.
///
/// `post`, `execute`, `start`, `stop`, `join` and `wait` may be called from any thread; everything
/// else only on the thread that drives the loop, see `EventLoop+Driving`. Without `start` the loop
/// is driven by `runOnce`, which is how a simulation runs everything in one thread.
package final class EventLoop: @unchecked Sendable {
    // Unchecked: the mailbox, the owner and the thread are safe for any thread; all other state is
    // used only on the loop, which each operation checks.

    static let nobody: UInt = 0

    /// A name for debuggers.
    package let name: String

    let selector: any Selector
    let clock: any MonotonicClock
    let mailbox = Mailbox()

    /// The thread that drives the loop. Written by that thread, which is also the only one that can
    /// find its own number here, so relaxed order suffices.
    private let owner = Atomic<UInt>(EventLoop.nobody)
    private let thread = Locked<SystemThread?>(nil)

    let helm = Helm()
    /// Where the loop's own thread sleeps while others drive; and below, whether it is to take
    /// over. Stored with release before the parker gets its token, exchanged with acquire.
    let standIn = ThreadParker()
    let isSummoned = Atomic<Bool>(true)
    /// Whether callers may drive the loop.
    let mayHaveGuests: Bool

    var registrations = RegistrationTable()
    var timers = TimerQueue<() -> Void>()
    /// Tasks for which there was no time in the last turn. Below: events, likewise.
    var backlog = TaskList()
    var events: [ReadyEvent] = []
    var nextEvent = 0
    /// Set while turns are cut short for lack of time. A handler with much to do should then do
    /// less per turn, so that all others have their turn.
    package internal(set) var isCrowded = false
    /// Tasks to run again in a moment; see `revisit`.
    var revisits: [LoopTask] = []
    /// The instant of the last alarm that the loop set.
    var revisitAlarm = Instant(nanoseconds: 0)
    /// For any thread.
    let revisitMoment = RevisitMoment()
    var isStopping = false

    /// The instant at which this turn began or its events arrived.
    package internal(set) var now: Instant

    /// Makes a loop that is not running yet.
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
        // A loop driven by hand may be abandoned with tasks left.
        for task in backlog { task.release() }
    }

    /// Starts the loop's own thread; throws if the system has no more threads.
    package func start() throws(SystemError) {
        try thread.withLock { thread throws(SystemError) in
            precondition(thread == nil, "A loop is started once.")
            thread = try SystemThread.start(name: name) { self.run() }
        }
    }

    /// Ends the loop after the tasks posted so far.
    package func stop() {
        execute { self.isStopping = true }
    }

    /// Waits for the loop's thread to end; returns at once if it was never started.
    package func join() {
        precondition(!isOnLoop, "A loop must not wait for its own end.")
        thread.withLock { $0 }?.join()
    }

    /// Whether the calling thread drives this loop.
    package var isOnLoop: Bool {
        owner.load(ordering: .relaxed) == SystemThread.currentIdentity
    }

    /// Makes the calling thread the driver of the loop, until another one takes over.
    package func adoptCurrentThread() {
        owner.store(SystemThread.currentIdentity, ordering: .relaxed)
    }

    /// Traps if another thread drives the loop. A loop without a driver may be set up by any
    /// thread.
    func checkOnLoop() {
        let driver = owner.load(ordering: .relaxed)
        precondition(
            driver == SystemThread.currentIdentity || driver == EventLoop.nobody,
            "This belongs to the driver of the loop."
        )
    }

    /// No thread drives the loop any more.
    func disown() {
        owner.store(EventLoop.nobody, ordering: .relaxed)
    }

    private func run() {
        serve()
        // Closing the mailbox refuses later posts, so that no task waits there forever.
        runAll(backlog)
        runAll(mailbox.close())
        backlog = TaskList()
        // Nothing fires any more: releases what handlers and timers retain.
        registrations = RegistrationTable()
        timers = TimerQueue()
        revisits = []
        disown()
        helm.release()
    }
}
