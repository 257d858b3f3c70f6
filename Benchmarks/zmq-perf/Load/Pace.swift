/// When events of a phase begin: one after the other, or on a schedule that nothing shifts.
struct Pace {
    private let start: Int
    private let deadline: Int
    private let pause: Int
    private var scheduled: Int

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
            MonotonicClock.sleep(until: scheduled)
        }
        let now = MonotonicClock.now
        return now < deadline ? now : nil
    }

    /// How long the phase has taken so far.
    var elapsed: Int { MonotonicClock.now - start }
}
