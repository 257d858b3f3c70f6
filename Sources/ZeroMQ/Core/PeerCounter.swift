/// How many peers have completed their handshake, for those who wait for some.
final class PeerCounter: Sendable {
    private struct State: Sendable {
        var count = 0
        var ending: ZeroMQError?
    }

    private let condition = Condition(State())

    var count: Int { condition.state.count }

    func changed(by difference: Int) {
        condition.change { $0.count += difference }
    }

    /// The socket closes: whoever waits is told why.
    func end(_ error: ZeroMQError) {
        condition.change { $0.ending = error }
    }

    /// Waits until there are at least `count` peers.
    func wait(
        atLeast count: Int,
        patience: Patience,
        context: ContextCore
    ) throws(ZeroMQError) {
        try context.checkProcess()
        let deadline = Deadline(patience, clock: context.clock)
        let isReached = condition.wait(until: deadline, clock: context.clock) {
            $0.count >= count || $0.ending != nil
        }
        if let ending = condition.state.ending { throw ending }
        guard isReached else {
            throw ZeroMQError(
                .timedOut,
                "fewer than \(count) peers were connected in the time allowed"
            )
        }
    }
}
