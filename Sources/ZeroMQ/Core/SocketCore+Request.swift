internal import ZeroMQReactor

/// A request and its reply as one call of REQ.
///
/// The exchange is the unit that others wait for: one holds `exchangeTurn` from before its request
/// is sent until its reply is in, or it has been given up.
extension SocketCore {
    func request(_ message: Message, patience: Patience) throws(ZeroMQError) -> Message {
        let deadline = Deadline(patience, clock: context.clock)
        let turn = exchangeTurn.wait(until: deadline, in: context) { $0.take() }
        guard turn != nil else { throw .requestTimedOut }
        defer { exchangeTurn.change { $0.isTaken = false } }
        try beginExchange()
        defer { endExchange() }
        guard try sendWaiting(message, patience: remaining(deadline)),
            let reply = try receiveWaiting(patience: remaining(deadline))
        else { throw .requestTimedOut }
        return reply
    }

    func request(_ message: Message, patience: Patience) async throws(ZeroMQError) -> Message {
        let deadline = Deadline(patience, clock: context.clock)
        let turn = try await exchangeTurn.wait(patience: patience, context: context) { $0.take() }
        guard turn != nil else { throw .requestTimedOut }
        defer { exchangeTurn.change { $0.isTaken = false } }
        try beginExchange()
        defer { endExchange() }
        do throws(ZeroMQError) {
            try await sendSuspending(message, patience: remaining(deadline))
            return try await receiveSuspending(patience: remaining(deadline))
        } catch {
            throw error.code == .timedOut ? .requestTimedOut : error
        }
    }

    private func remaining(_ deadline: Deadline) -> Patience {
        deadline.instant.map { .upTo(max(.zero, $0 - context.clock.now)) } ?? .forever
    }

    private func beginExchange() throws(ZeroMQError) {
        let isFree = withReceiver { $0.request.beginExchange() }
        guard isFree else {
            throw ZeroMQError(
                .invalidState,
                "a request made with send is under way: its reply must be received first"
            )
        }
    }

    /// Whatever became of it, the next request may be sent.
    private func endExchange() {
        withReceiver { $0.request.endExchange() }
    }
}

/// Whose turn it is to make a request.
struct ExchangeTurn: Sendable {
    var isTaken = false

    mutating func take() -> Bool? {
        guard !isTaken else { return nil }
        isTaken = true
        return true
    }
}

extension ZeroMQError {
    static let requestTimedOut = ZeroMQError(
        .timedOut,
        "no reply to the request came in the time allowed",
        hint: "the request has been given up; its reply will be dropped if it comes"
    )
    static let requestLost = ZeroMQError(
        .notConnected,
        "the connection that carried the request was lost before the reply came",
        hint: "the peer may have received the request or not; ask again if that does no harm"
    )
}
