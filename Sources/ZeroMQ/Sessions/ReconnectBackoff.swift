struct ReconnectBackoff {
    let policy: ReconnectPolicy
    var step = 0
    init(policy: ReconnectPolicy) { self.policy = policy }
    mutating func nextPause(random: inout some RandomNumberGenerator) -> Duration? {
        guard case .backoff(let from, let upTo) = policy else { return nil }
        var d = from
        for _ in 0..<step where d < upTo { d = d * 2 }
        d = min(d, upTo); step += 1
        return d * Double.random(in: 0.5...1.0, using: &random)
    }
    mutating func reset() { step = 0 }
    mutating func jumpToMaximum() { step = 60 }
}
