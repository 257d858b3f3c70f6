/// How long to wait before each new attempt to connect. Knows no clock: the owner does the waiting.
///
/// The pause allowed doubles with each attempt up to a maximum; the pause taken is drawn evenly
/// from the upper half of it, so that clients that lost one server do not return in step.
struct ReconnectBackoff {
    /// The first and the longest pause allowed; nil when there are no further attempts.
    private let bounds: (first: Duration, last: Duration)?
    /// The pause allowed before the next attempt.
    private var allowed: Duration

    /// Begins at the policy's first pause. Values that make no sense are brought into range.
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

    /// No pause at all would be a busy loop.
    private static let shortest = Duration.milliseconds(1)
    /// Far from where adding a pause to a clock could overflow.
    private static let longest = Duration.milliseconds(Int32.max)

    /// The next pause, between a half and the whole of what is allowed; nil to give up.
    mutating func nextPause(random: inout some RandomNumberGenerator) -> Duration? {
        guard let bounds else { return nil }
        let half = allowed / 2
        let pause = half + half * Double.random(in: 0...1, using: &random)
        allowed = min(allowed * 2, bounds.last)
        return pause
    }

    /// Begins anew: a handshake was completed.
    mutating func reset() {
        if let bounds { allowed = bounds.first }
    }

    /// Makes the next pause a long one: the peer has said that it does not want us.
    mutating func jumpToMaximum() {
        if let bounds { allowed = bounds.last }
    }
}
