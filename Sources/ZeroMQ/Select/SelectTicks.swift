internal import ZeroMQReactor

/// The instants at which a select has an input without any socket.
struct SelectTicks<Input: Sendable> {
    private struct Tick {
        var due: Instant
        var id: TimerID
        /// The time between two inputs; nil for a single one.
        let interval: Duration?
        let input: () -> Input
    }

    private var timers = TimerQueue<Int>()
    private var ticks: [Int: Tick] = [:]
    private var nextNumber = 0
    private let clock = SystemClock()

    mutating func schedule(
        after delay: Duration,
        every interval: Duration?,
        _ input: @escaping () -> Input
    ) -> Int {
        defer { nextNumber += 1 }
        let due = clock.now + delay
        let id = timers.schedule(nextNumber, at: due)
        ticks[nextNumber] = Tick(due: due, id: id, interval: interval, input: input)
        return nextNumber
    }

    mutating func cancel(_ number: Int) {
        guard let tick = ticks.removeValue(forKey: number) else { return }
        timers.cancel(tick.id)
    }

    /// When the next one is due; nil without any.
    mutating func next() -> Instant? { timers.nextDeadline() }

    /// The input that is due, the longest first.
    mutating func popDue() -> Input? {
        let now = clock.now
        guard let number = timers.popExpired(at: now, before: timers.mark),
            var tick = ticks[number]
        else { return nil }
        if let interval = tick.interval {
            tick.due = tick.due.next(every: interval, after: now)
            tick.id = timers.schedule(number, at: tick.due)
            ticks[number] = tick
        } else {
            ticks[number] = nil
        }
        return tick.input()
    }
}

extension Select {
    /// The name of a tick or of a deadline.
    public struct Timer: Hashable, Sendable {
        let number: Int
    }

    /// Has the loop get an input again and again.
    ///
    /// The times are counted from now and do not drift; those that the loop was too late for are
    /// left out. Intervals below 1 ms count as 1 ms.
    @discardableResult
    public func every(_ interval: Duration, _ input: @escaping () -> Input) -> Timer {
        let interval = interval < .milliseconds(1) ? .milliseconds(1) : interval
        return Timer(number: ticks.schedule(after: interval, every: interval, input))
    }

    /// Has the loop get an input once, after a time.
    @discardableResult
    public func after(_ delay: Duration, _ input: @escaping () -> Input) -> Timer {
        Timer(number: ticks.schedule(after: delay, every: nil, input))
    }

    /// Has the loop get an input once, at an instant.
    @discardableResult
    public func at(_ instant: ContinuousClock.Instant, _ input: @escaping () -> Input) -> Timer {
        after(instant.remaining, input)
    }

    /// Takes a tick or a deadline back. Nothing happens if it is over already.
    public func cancel(_ timer: Timer) {
        ticks.cancel(timer.number)
    }
}
