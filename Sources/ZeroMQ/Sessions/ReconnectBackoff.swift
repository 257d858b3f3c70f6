/// How long to wait before each new attempt to connect. Has no clock: the owner waits.
///
/// The limit doubles with each attempt, up to a maximum. The pause is drawn evenly from the upper
/// half of the limit, so that clients that lost one server do not return in step.
struct ReconnectBackoff {
    /// The first and the greatest limit; nil when there are no further attempts.
    private let bounds: (first: Duration, last: Duration)?
    /// The limit for the next pause.
    private var allowed: Duration

    /// Begins with the policy's first pause. Values out of range are clamped.
    init(policy: ReconnectPolicy) {
        switch policy {
        case .never:
            bounds = nil
            allowed = .zero
        case .backoff(let from, let upTo):
            let last = min(max(upTo, Self.shortest), Self.longest)
            let first = min(max(from, Self.shortest), last)
            bounds = (first, last)
            allowed = first
        }
    }

    /// Without any pause, reconnecting would be a busy loop.
    private static let shortest = Duration.milliseconds(1)
    /// Far below what could overflow when added to a clock.
    private static let longest = Duration.milliseconds(Int32.max)

    /// The next pause, between half the limit and the limit; nil to give up.
    mutating func nextPause(random: inout some RandomNumberGenerator) -> Duration? {
        guard let bounds else { return nil }
        let half = allowed / 2
        let pause = half + half * Double.random(in: 0...1, using: &random)
        allowed = min(allowed * 2, bounds.last)
        return pause
    }

    /// Starts again from the first pause, because a handshake was completed.
    mutating func reset() {
        if let bounds { allowed = bounds.first }
    }

    /// Makes the next pause a long one, because the peer has rejected this side.
    mutating func jumpToMaximum() {
        if let bounds { allowed = bounds.last }
    }
}
