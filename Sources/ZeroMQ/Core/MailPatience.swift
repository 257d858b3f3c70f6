internal import ZeroMQReactor

/// How long a caller that leaves a gate keeps reading letters that arrive meanwhile. Peers decide
/// how many there are, and the caller has a deadline of its own.
struct MailPatience {
    private static let mostRounds = 16
    private static var time: Duration { .milliseconds(1) }

    private var rounds = 0
    private var end: Instant?

    /// Notes one round of reading. Returns true if an event loop should read the rest.
    mutating func isOver(_ clock: some MonotonicClock) -> Bool {
        rounds += 1
        let now = clock.now
        let end = end ?? now + Self.time
        self.end = end
        return rounds % Self.mostRounds == 0 || now >= end
    }
}
