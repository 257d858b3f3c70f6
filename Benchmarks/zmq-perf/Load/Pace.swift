/// When events of a phase begin: one after the other, or on a schedule that nothing shifts.
struct Pace {
    private let start: Int
    private let deadline: Int
    private let pause: Int
    private var scheduled: Int
    /// Processor time that went into waiting for moments, in nanoseconds. It belongs to the
    /// benchmark, and is taken off what the messages cost.
    private(set) var spun = 0

    /// Pauses below this many microseconds are no sleep: the system would wake the thread late.
    private static let shortestSleep = 100
    /// Below this many, asking for the thread's processor time would take longer than the pause.
    private static let shortestCounted = 10

    /// Begins now; a `pause` of zero microseconds is no schedule.
    init(milliseconds: Int, pause: Int) {
        start = MonotonicClock.now
        deadline = start + milliseconds * 1_000_000
        self.pause = pause * 1000
        scheduled = start
    }

    /// Waits for the next event's moment and returns the time then; nil when the phase is over.
    mutating func next() -> Int? {
        if pause > 0 {
            scheduled += pause
            if pause >= Self.shortestSleep * 1000 {
                MonotonicClock.sleep(until: scheduled)
            } else {
                spin(until: scheduled)
            }
        }
        let now = MonotonicClock.now
        return now < deadline ? now : nil
    }

    private mutating func spin(until moment: Int) {
        // On a processor that other programs want as well, the wait is longer than what it costs.
        let isCounted = pause >= Self.shortestCounted * 1000
        let start = isCounted ? MonotonicClock.ofThread : MonotonicClock.now
        while MonotonicClock.now < moment {}
        spun += (isCounted ? MonotonicClock.ofThread : MonotonicClock.now) - start
    }

    /// How long the phase has taken so far.
    var elapsed: Int { MonotonicClock.now - start }
}
