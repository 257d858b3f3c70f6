/// Sends for a time, without asking the clock for every message.
enum Flow {
    /// Calls `send` until the milliseconds have passed; how often that was.
    ///
    /// Between two looks at the clock pass about as many bytes as take some microseconds.
    @discardableResult
    static func run(milliseconds: Int, size: Int, _ send: () throws -> Void) rethrows -> Int {
        let batch = max(1, min(128, 65_536 / max(size, 1)))
        let deadline = MonotonicClock.now + milliseconds * 1_000_000
        var count = 0
        repeat {
            for _ in 0..<batch { try send() }
            count += batch
        } while MonotonicClock.now < deadline
        return count
    }
}
