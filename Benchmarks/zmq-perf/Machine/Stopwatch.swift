/// Measures the time from its making.
struct Stopwatch {
    private let start = ContinuousClock.now

    /// Microseconds since the start; at least one, so that a rate always exists.
    var microseconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return max(Double(seconds) * 1e6 + Double(attoseconds) / 1e12, 1)
    }
}
