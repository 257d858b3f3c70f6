internal import ZeroMQReactor

/// How long one who leaves a gate goes on reading the mail that has come meanwhile. How much that
/// is peers decide, and the caller has a deadline of its own.
struct MailPatience {
    private static let mostRounds = 16
    private static var time: Duration { .milliseconds(1) }

    private var rounds = 0
    private var end: Instant?

    /// Notes that the mail was read once. Whether an event loop had better go on.
    mutating func isOver(_ clock: some MonotonicClock) -> Bool {
        rounds += 1
        let now = clock.now
        let end = end ?? now + Self.time
        self.end = end
        return rounds % Self.mostRounds == 0 || now >= end
    }
}
