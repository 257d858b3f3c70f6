/// How long to wait before each new attempt to connect. Has no clock: the owner waits.
///
/// The limit doubles with each attempt, up to a maximum. The pause is drawn evenly from the upper
/// half of the limit, so that clients that lost one server do not return in step.
///
/// Pauses have two maxima. A server that is away may be back at any moment, so its absence is
/// looked into often. A server that refuses this side will most likely refuse it again.
struct ReconnectBackoff {
    private struct Bounds {
        /// The first limit.
        let first: Duration
        /// The greatest limit while the server is away.
        let away: Duration
        /// The greatest limit while the server refuses this side.
        let refused: Duration
    }

    /// Nil when there are no further attempts.
    private let bounds: Bounds?
    /// The limit for the next pause.
    private var allowed: Duration
    /// How far the limit may grow now.
    private var maximum: Duration

    /// Begins with the policy's first pause. Values out of range are clamped.
    init(policy: ReconnectPolicy) {
        switch policy {
        case .never:
            bounds = nil
            allowed = .zero
            maximum = .zero
        case .backoff(let from, let upTo, let afterRefusal):
            let away = min(max(upTo, Self.shortest), Self.longest)
            let first = min(max(from, Self.shortest), away)
            let refused = min(max(afterRefusal ?? away, away), Self.longest)
            bounds = Bounds(first: first, away: away, refused: refused)
            allowed = first
            maximum = away
        }
    }

    /// Without any pause, reconnecting would be a busy loop.
    private static let shortest = Duration.milliseconds(1)
    /// Far below what could overflow when added to a clock.
    private static let longest = Duration.milliseconds(Int32.max)

    /// The next pause, between half the limit and the limit; nil to give up.
    mutating func nextPause(random: inout some RandomNumberGenerator) -> Duration? {
        guard bounds != nil else { return nil }
        let half = allowed / 2
        let pause = half + half * Double.random(in: 0...1, using: &random)
        allowed = min(allowed * 2, maximum)
        return pause
    }

    /// Starts again from the first pause, because the last connection was of use.
    mutating func reset() {
        if let bounds { allowed = bounds.first }
    }

    /// Chooses the maximum by how the last connection ended.
    mutating func note(_ reason: SessionEnd) {
        if reason.isRefusal {
            noteRefusal(isFinal: reason.isFinal)
        } else {
            noteAbsence()
        }
    }

    /// Lets pauses grow to the maximum for a server that is away.
    mutating func noteAbsence() {
        guard let bounds else { return }
        maximum = bounds.away
        allowed = min(allowed, maximum)
    }

    /// Lets pauses grow to the maximum for a server that refuses this side. If the refusal will
    /// not pass by itself, the next pause is that long already.
    mutating func noteRefusal(isFinal: Bool) {
        guard let bounds else { return }
        maximum = bounds.refused
        if isFinal { allowed = maximum }
    }
}
