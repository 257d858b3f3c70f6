internal import ZeroMQReactor

/// Which publishers have confirmed the subscriptions of this socket, for calls that wait for that.
///
/// Each call has a number. Every publisher that is connected, or comes while a call waits, is asked
/// with the newest number after all changes before the call. A confirmation is valid for all calls
/// up to its number.
final class SubscriptionConfirmations: Sendable {
    private struct Publisher {
        let name: String
        /// The greatest number it has confirmed.
        var confirmed: UInt64
    }

    private struct State: Sendable {
        var publishers: [ObjectIdentifier: Publisher] = [:]
        var newest: UInt64 = 0
        /// How many calls wait.
        var waiting = 0
        var ending: ZeroMQError?
        var refusals = ServerRefusals()

        /// The answer for call `number`, which wants `wanted` publishers; nil while there is none.
        func answer(_ number: UInt64, _ wanted: Int) -> Result<Void, ZeroMQError>? {
            if let ending { return .failure(ending) }
            if publishers.count >= wanted,
                publishers.values.allSatisfy({ $0.confirmed >= number })
            {
                return .success(())
            }
            return refusals.error.map { .failure($0) }
        }
    }

    private let condition = Condition(State())

    // MARK: Publishers

    /// A publisher is connected. If `isCertain`, it applies every change before it publishes again.
    func joined(_ pipe: SocketPipe, named name: String, isCertain: Bool = false) {
        condition.change { state in
            state.publishers[ObjectIdentifier(pipe)] = Publisher(
                name: name,
                confirmed: isCertain ? .max : 0
            )
        }
    }

    func left(_ pipe: SocketPipe) {
        condition.change { $0.publishers[ObjectIdentifier(pipe)] = nil }
    }

    func confirmed(_ number: UInt64, by pipe: SocketPipe) {
        condition.change { state in
            let known = state.publishers[ObjectIdentifier(pipe)]?.confirmed ?? .max
            if known < number { state.publishers[ObjectIdentifier(pipe)]?.confirmed = number }
        }
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

    // MARK: Calls

    /// A call begins to wait. Returns its number. `end` follows.
    func begin() -> UInt64 {
        condition.modify { state in
            state.waiting += 1
            state.newest += 1
            return state.newest
        }
    }

    func finish() { condition.modify { $0.waiting -= 1 } }

    /// The number that a newcomer is asked with; nil if no call waits.
    var openQuestion: UInt64? {
        let state = condition.state
        return state.waiting > 0 ? state.newest : nil
    }

    /// Waits until `count` publishers, and all that are connected, have confirmed `number`. Throws
    /// what `despair` returns if none can come.
    func wait(
        for number: UInt64,
        atLeast count: Int,
        patience: Patience,
        context: ContextCore,
        despair: () -> ZeroMQError?
    ) throws(ZeroMQError) {
        let deadline = Deadline(patience, clock: context.clock)
        let answer = condition.wait(until: deadline, in: context) {
            $0.answer(number, count) ?? despair().map { .failure($0) }
        }
        try check(answer, number, count)
    }

    /// The same for tasks, which are suspended.
    func wait(
        for number: UInt64,
        atLeast count: Int,
        patience: Patience,
        context: ContextCore,
        despair: () -> ZeroMQError?
    ) async throws(ZeroMQError) {
        let answer = try await condition.wait(patience: patience, context: context) {
            $0.answer(number, count) ?? despair().map { .failure($0) }
        }
        try check(answer, number, count)
    }

    private func check(
        _ answer: Result<Void, ZeroMQError>?,
        _ number: UInt64,
        _ count: Int
    ) throws(ZeroMQError) {
        guard let answer else { throw lateness(number, count) }
        try answer.get()
    }

    // MARK: Being late

    /// How many publishers an error names.
    private static let mostNames = 3

    private func lateness(_ number: UInt64, _ count: Int) -> ZeroMQError {
        let publishers = condition.state.publishers.values
        guard publishers.count >= count else {
            return ZeroMQError(
                .timedOut,
                "fewer than \(count) publishers were connected in the time allowed"
            )
        }
        let silent = publishers.filter { $0.confirmed < number }.map(\.name).sorted()
        var names = silent.prefix(Self.mostNames).joined(separator: ", ")
        if silent.count > Self.mostNames { names += " and \(silent.count - Self.mostNames) more" }
        return ZeroMQError(
            .timedOut,
            "\(silent.count) of \(publishers.count) publishers have not confirmed the "
                + "subscriptions in the time allowed: \(names)",
            hint: "the answer of a publisher is read behind its messages: receive meanwhile"
        )
    }
}
