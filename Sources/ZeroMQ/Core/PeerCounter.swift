/// Counts the peers that have completed their handshake, for calls that wait for some.
final class PeerCounter: Sendable {
    private struct State: Sendable {
        var count = 0
        var ending: ZeroMQError?
        var refusals = ServerRefusals()

        /// The answer for a caller that waits for `wanted` peers; nil while there is none.
        func answer(_ wanted: Int) -> Result<Void, ZeroMQError>? {
            if let ending { return .failure(ending) }
            if count >= wanted { return .success(()) }
            return refusals.error.map { .failure($0) }
        }
    }

    private let condition = Condition(State())

    var count: Int { condition.state.count }

    func changed(by difference: Int) {
        condition.change { $0.count += difference }
    }

    /// A server refuses a connection, or, with nil, no longer refuses it.
    func note(refusal error: ZeroMQError?, of pipe: SocketPipe) {
        condition.change { $0.refusals.note(error, pipe) }
    }

    /// Wakes every waiter, so that each checks whether waiting still makes sense.
    func lookAgain() { condition.change { _ in } }

    /// The socket closes: every waiter throws `error`.
    func end(_ error: ZeroMQError) {
        condition.change { state in state.ending = state.ending ?? error }
    }

    /// Waits until there are at least `count` peers. Throws what `despair` returns if none can
    /// come.
    func wait(
        atLeast count: Int,
        patience: Patience,
        context: ContextCore,
        despair: () -> ZeroMQError?
    ) throws(ZeroMQError) {
        try context.checkProcess()
        let deadline = Deadline(patience, clock: context.clock)
        let answer = condition.wait(until: deadline, in: context) {
            $0.answer(count) ?? despair().map { .failure($0) }
        }
        try check(answer, count)
    }

    /// Suspends the task until there are at least `count` peers, or none can come.
    func wait(
        atLeast count: Int,
        patience: Patience,
        context: ContextCore,
        despair: () -> ZeroMQError?
    ) async throws(ZeroMQError) {
        let answer = try await condition.wait(patience: patience, context: context) {
            $0.answer(count) ?? despair().map { .failure($0) }
        }
        try check(answer, count)
    }

    private func check(_ answer: Result<Void, ZeroMQError>?, _ count: Int) throws(ZeroMQError) {
        guard let answer else {
            throw ZeroMQError(
                .timedOut,
                "fewer than \(count) peers were connected in the time allowed"
            )
        }
        try answer.get()
    }
}
