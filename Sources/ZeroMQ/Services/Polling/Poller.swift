internal import ZeroMQReactor

/// Waits for many sockets and descriptors at once, for one thread; costs time in proportion to
/// what is ready.
///
/// In asynchronous code `Select` is the simpler tool, and a task for each socket the simplest:
/// `for try await message in socket.messages`.
///
/// Readiness is a state, not a change: what is ready and not dealt with is reported again. It is a
/// hint all the same, since another thread may be quicker, and a SUB, REQ or REP may find that what
/// came is not for it: use `tryReceive` and `trySend`. A socket that was closed is ready for
/// everything, and the call on it throws.
///
/// C: `zmq_poll`, `zmq_poller_new`.
public final class Poller {
    let mailbox = PollerMailbox()
    var entries: [UInt64: PollerEntry] = [:]
    /// Entries to be looked at by the next `wait`, because nobody will tell of them.
    var unarmed: Set<UInt64> = []
    var timers = TimerQueue<UInt64>()
    var timerEntries: [UInt64: PollerTimer] = [:]
    let clock = SystemClock()
    private let home = ProcessMark.current
    private var nextNumber: UInt64 = 1
    private var reports: [ReadyEvent] = []

    /// Makes a poller that waits for nothing yet.
    public init() {}

    deinit {
        for entry in entries.values { entry.withdraw() }
    }

    /// How many sockets and descriptors it waits for.
    public var count: Int { entries.count }

    /// Whether this is a child that `fork` made, which shares the kernel's poller with its parent.
    var isForked: Bool { ProcessMark.current != home }

    func checkProcess() throws(ZeroMQError) {
        if isForked { throw .processForked }
    }

    func makeNumber() -> UInt64 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    // MARK: Waiting

    /// Waits until something is ready, at most as long as `timeout`; nil is no limit.
    ///
    /// Timers that become due meanwhile run, on this thread. Empty if nothing was ready in time, or
    /// if `stop` was called.
    ///
    /// C: `zmq_poll`, `zmq_poller_wait_all`.
    /// - Throws: what a timer throws, an error of any type; `processForked` in a child that `fork`
    ///   made. Without timers every error is a `ZeroMQError`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func wait(timeout: Duration? = nil) throws -> [Event] {
        try checkProcess()
        let deadline = Deadline(Patience(timeout), clock: clock)
        while true {
            try runTimers()
            let events = look(until: deadline.instant, mayWait: true)
            if !events.isEmpty || mailbox.takeStop() { return events }
            if deadline.hasPassed(clock) {
                try runTimers()
                return []
            }
        }
    }

    /// Looks at what may be ready, and sleeps if nothing is and the caller may.
    func look(until deadline: Instant?, mayWait: Bool) -> [Event] {
        var events = check()
        let wakeUp = events.isEmpty ? nextWakeUp(deadline) : nil
        let mayWait = mayWait && events.isEmpty && wakeUp.map { $0 > clock.now } ?? true
        mailbox.sleep(mayWait, until: wakeUp, clock, into: &reports)
        for report in reports {
            guard let entry = entries[report.token] else { continue }
            let readiness = Readiness(report.readiness)
            if !readiness.isEmpty { events.append(Event(token: entry.token, readiness: readiness)) }
        }
        if events.isEmpty { events = check() }
        mailbox.setSignal(!events.isEmpty)
        return events
    }

    /// The deadline, or the next timer if that is sooner.
    func nextWakeUp(_ deadline: Instant?) -> Instant? {
        guard let deadline, let timer = timers.nextDeadline() else {
            return deadline ?? timers.nextDeadline()
        }
        return min(deadline, timer)
    }

    /// Asks those sockets that have told of something, or were ready before.
    private func check() -> [Event] {
        for note in mailbox.take() {
            guard let entry = entries[note.number] else { continue }
            entry.disarm(note.side)
            unarmed.insert(note.number)
        }
        var events: [Event] = []
        for number in unarmed {
            guard let entry = entries[number] else {
                unarmed.remove(number)
                continue
            }
            let (readiness, isArmed) = entry.look(mailbox)
            if !readiness.isEmpty { events.append(Event(token: entry.token, readiness: readiness)) }
            if isArmed { unarmed.remove(number) }
        }
        return events
    }
}

extension Poller {
    /// The name of what a poller waits for.
    public struct Token: Hashable, Sendable {
        let number: UInt64
    }

    /// What can be done without waiting.
    public struct Readiness: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Something can be received. C: `ZMQ_POLLIN`.
        public static let readable = Readiness(rawValue: 1)
        /// Something can be sent. C: `ZMQ_POLLOUT`.
        public static let writable = Readiness(rawValue: 2)
        /// A descriptor has an error or has been hung up; reported unasked. C: `ZMQ_POLLERR`.
        public static let failed = Readiness(rawValue: 4)

        init(_ readiness: ZeroMQReactor.Readiness) {
            self = []
            if readiness.contains(.readable) { insert(.readable) }
            if readiness.contains(.writable) { insert(.writable) }
            if !readiness.isDisjoint(with: [.error, .hangup]) { insert(.failed) }
        }

        var inKernelTerms: ZeroMQReactor.Readiness {
            var readiness: ZeroMQReactor.Readiness = []
            if contains(.readable) { readiness.insert(.readable) }
            if contains(.writable) { readiness.insert(.writable) }
            return readiness
        }
    }

    /// Something that is ready.
    public struct Event: Hashable, Sendable {
        /// What is ready: the token that adding it returned.
        public let token: Token
        /// What can be done with it.
        public let readiness: Readiness
    }
}
