/// Decides before each wait of one caller whether it looks for a while before it sleeps.
///
/// A wait that ends within microseconds is cheaper when the thread looks again and again: sleeping
/// and being woken costs two context switches, a system call of the waking thread, and ten times as
/// long. A wait that lasts costs more, by as much as was looked. Nobody knows beforehand, so the
/// waits so far decide:
///
///     cold ──messages come soon──▶ trial ──looking pays──▶ hot
///       ▲───────does not pay─────────┘                      │
///       └──────────────────does not pay any more────────────┘
///
/// - **cold**: every wait sleeps at once. Traffic with pauses stays here, and pays for reading the
///   clock.
/// - **trial**: a few waits look for about as long as messages have taken with sleep. Both ends of
///   a conversation have to be awake for looking to pay, and both see the same short waits, so
///   their trials coincide. One that fails is not repeated before many more short waits, unless
///   waits suddenly become shorter: then the other end has begun a trial.
/// - **hot**: waits look for as long as may pay. Two failures in a row end it.
///
/// What is compared is the time from one message to the next, with looking and without. In a
/// conversation it becomes much shorter, because most of it is the time that two threads need to
/// wake up. If messages come at a pace of their own, it stays the same, and sleeping costs less.
/// Times are compared with each other, because computers, and their states, differ by a factor of
/// ten in what a sleep costs.
///
/// Messages that come in crowds are better left to gather. A caller that looks for them takes them
/// one by one, and makes both sides slower. So a wait after several messages sleeps at once; and
/// while it is hot, the caller rests now and then, to see whether a crowd comes meanwhile.
///
/// A value without locks, used by one thread at a time.
package struct SpinGovernor: Sendable {
    /// Whether to look at all.
    package enum Mode: Sendable {
        case never
        /// While it pays.
        case adaptive
        /// Before every sleep, for so many nanoseconds.
        case always(Int64)
    }

    package enum State: Sendable {
        case cold, trial, hot
    }

    /// What to do before a sleep. All times are in nanoseconds.
    package struct Plan: Sendable, Equatable {
        /// How long to rest first, without looking.
        package var rest: Int64 = 0
        /// How long to look; 0 to sleep at once.
        package var look: Int64 = 0

        package static let sleep = Plan()

        package init(rest: Int64 = 0, look: Int64 = 0) {
            self.rest = rest
            self.look = look
        }
    }

    /// How a wait ended.
    package enum Outcome: Sendable {
        /// What it waited for came before it slept.
        case found
        case slept
        /// It was found, but the thread had lost its processor while it looked.
        case interrupted
    }

    package private(set) var state = State.cold
    private let mode: Mode
    /// When the wait began whose outcome is known; nil if that tells nothing.
    private var start: Int64?
    private var outcome = Outcome.slept
    /// How long a message takes with sleep: a moving average.
    private var asleep: Int64 = 0
    /// Cold: short waits so far. Trial: waits that paid in a row. Hot: how well it went of late.
    private var score: Int32 = 0
    /// Waits in this state. Hot: since the last rest.
    private var waits: Int32 = 0
    /// Cold: waits in a row that were much shorter than usual.
    private var invitations: Int32 = 0
    /// The short waits that a trial takes; and below, the number drawn for the next one.
    private var patience = Self.leastPatience
    private var drawn = Self.leastPatience
    /// Hot: how many waits come before the next rest.
    private var restEvery = Self.firstRest
    private var isResting = false
    private var dice: UInt32

    /// The seed makes the trials of different callers differ.
    package init(_ mode: Mode, seed: UInt32 = 1) {
        self.mode = mode
        dice = seed
    }

    // MARK: Limits

    /// Messages that take longer, with sleep, are not worth a trial. Two ends that both have to
    /// wake up answer each other in 40 to 150 µs, now and then in twice as long.
    static let shortWait: Int64 = 400_000
    static let shortestLook: Int64 = 10_000
    /// The longest look.
    static let longestLook: Int64 = 200_000
    /// So many messages at once are a crowd.
    static let crowd = 8
    static let restTime: Int64 = 10_000
    /// A look that lasts longer than it may by this much was interrupted, because others want the
    /// processor.
    static let interruption: Int64 = 100_000

    static let leastPatience: Int32 = 8
    static let mostPatience: Int32 = 2048
    /// After an interruption.
    static let crowdedPatience: Int32 = 8192
    /// So many waits come between two trials in any case. And so many that are shorter than usual
    /// show that the other end looks.
    static let leastBetweenTrials: Int32 = 128
    static let invitation: Int32 = 2
    /// A trial fails with so many waits that did not pay, and succeeds with so many in a row that
    /// did.
    static let trialFailures: Int32 = 6
    static let trialGoal: Int32 = 4
    static let highestScore: Int32 = 8
    static let firstRest: Int32 = 64
    static let mostBetweenRests: Int32 = 4096

    /// Looking pays if a message takes no longer than this. Of the time that a message takes with
    /// sleep, a thread is busy for two fifths: with going to sleep, with waking up, and with waking
    /// the other. A thread that looks is busy all the time.
    private var worthwhile: Int64 { asleep * 2 / 5 }

    private var trialLook: Int64 { limited(asleep + asleep / 4) }
    private var hotLook: Int64 { limited(worthwhile * 2) }

    private func limited(_ look: Int64) -> Int64 {
        min(max(look, Self.shortestLook), Self.longestLook)
    }

    // MARK: A wait

    /// The plan for the wait that begins now. `messages` is how many were taken since the last one;
    /// if others wait for the same, the caller sleeps at once.
    package mutating func plan(after messages: Int, isAlone: Bool, now: Int64) -> Plan {
        switch mode {
        case .never: return .sleep
        case .always(let time): return Plan(look: time)
        case .adaptive: break
        }
        let isCrowd = messages >= Self.crowd
        if isResting, isCrowd { beginCold(patience: Self.mostPatience) }
        if let start, !isResting, !isCrowd { judge((now - start) / Int64(max(messages, 1))) }
        isResting = false
        guard isAlone, !isCrowd else {
            start = nil
            return .sleep
        }
        start = now
        switch state {
        case .cold: return .sleep
        case .trial: return Plan(look: trialLook)
        case .hot: return Plan(rest: takeRest(), look: hotLook)
        }
    }

    /// The wait has ended.
    package mutating func note(_ outcome: Outcome) { self.outcome = outcome }

    private mutating func takeRest() -> Int64 {
        guard waits >= restEvery else { return 0 }
        waits = 0
        restEvery = min(restEvery * 2, Self.mostBetweenRests)
        isResting = true
        return Self.restTime
    }

    private mutating func judge(_ time: Int64) {
        switch state {
        case .cold: judgeCold(time)
        case .trial: judgeTrial(time)
        case .hot: judgeHot(time)
        }
    }

    private mutating func judgeCold(_ time: Int64) {
        guard time < Self.shortWait else {
            score = max(0, score - 2)
            return
        }
        waits = min(waits + 1, Self.leastBetweenTrials)
        invitations = time < asleep * 7 / 10 ? invitations + 1 : 0
        asleep = asleep == 0 ? time : asleep + (time - asleep) / 8
        score += 1
        let isInvited =
            invitations >= Self.invitation && waits >= Self.leastBetweenTrials
        if score >= drawn || isInvited { begin(.trial) }
    }

    private mutating func judgeTrial(_ time: Int64) {
        waits += 1
        if outcome == .interrupted { return beginCold(patience: Self.crowdedPatience) }
        score = outcome == .found && time <= worthwhile ? score + 1 : 0
        if score >= Self.trialGoal {
            begin(.hot)
        } else if waits - score >= Self.trialFailures {
            beginCold(patience: min(patience * 2, Self.mostPatience))
        }
    }

    private mutating func judgeHot(_ time: Int64) {
        waits += 1
        switch outcome {
        case .interrupted: score = 0
        case .slept: score -= Self.highestScore / 2
        case .found where time > worthwhile: score -= 2
        case .found: score = min(score + 1, Self.highestScore)
        }
        guard score <= 0 else { return }
        if outcome == .interrupted { return beginCold(patience: Self.crowdedPatience) }
        // What has paid for long pays again soon; what has not is likely not to.
        let hasLasted = waits >= Self.firstRest || restEvery > Self.firstRest
        let next = hasLasted ? Self.leastPatience : patience * 2
        beginCold(patience: min(next, Self.mostPatience))
    }

    private mutating func begin(_ next: State) {
        state = next
        waits = 0
        score = next == .hot ? Self.highestScore : 0
        restEvery = Self.firstRest
        isResting = false
        invitations = 0
    }

    private mutating func beginCold(patience next: Int32) {
        begin(.cold)
        patience = next
        drawn = patience
        guard patience > Self.leastPatience else { return }
        // The first trials of two ends coincide. Later ones may not, and must not miss each other
        // every time.
        dice = dice &* 1_664_525 &+ 1_013_904_223
        let half = patience / 2
        drawn = half + Int32(dice >> 16) % (half + 1)
    }
}
