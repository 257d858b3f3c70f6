internal import ZeroMQReactor

/// A request and its reply as one call of REQ.
///
/// The exchange is the unit that others wait for: one holds `exchangeTurn` from before its request
/// is sent until its reply is in, or it has been given up. A request whose connection is lost
/// before it was sent is taken back, and sent to a server that is there.
extension SocketCore {
    func request(
        _ message: Message,
        _ correlation: RequestCorrelation?,
        patience: Patience
    ) throws(ZeroMQError) -> Message {
        let deadline = Deadline(patience, clock: context.clock)
        let turn = exchangeTurn.wait(until: deadline, in: context) { $0.take() }
        guard turn != nil else { throw .requestNotBegun }
        defer { exchangeTurn.change { $0.isTaken = false } }
        try beginExchange(correlation)
        var isUnderWay = false
        do throws(ZeroMQError) {
            while true {
                if !isUnderWay, try !sendWaiting(message, patience: remaining(deadline)) {
                    throw .sendTimedOut
                }
                do throws(ZeroMQError) {
                    let reply = try receiveWaiting(patience: remaining(deadline))
                    guard let reply else { throw .receiveTimedOut }
                    endExchange()
                    return reply
                } catch {
                    isUnderWay = try !takeBack(error)
                }
            }
        } catch {
            throw abandonExchange(error)
        }
    }

    func request(
        _ message: Message,
        _ correlation: RequestCorrelation?,
        patience: Patience
    ) async throws(ZeroMQError) -> Message {
        let deadline = Deadline(patience, clock: context.clock)
        let turn: Bool?
        do throws(ZeroMQError) {
            turn = try await exchangeTurn.wait(patience: patience, context: context) { $0.take() }
        } catch {
            throw error.code == .cancelled ? .requestCancelled(wasSent: false) : error
        }
        guard turn != nil else { throw .requestNotBegun }
        defer { exchangeTurn.change { $0.isTaken = false } }
        try beginExchange(correlation)
        var isUnderWay = false
        do throws(ZeroMQError) {
            while true {
                if !isUnderWay {
                    try await sendSuspending(message, patience: remaining(deadline))
                }
                do throws(ZeroMQError) {
                    let reply = try await receiveSuspending(patience: remaining(deadline))
                    endExchange()
                    return reply
                } catch {
                    isUnderWay = try !takeBack(error)
                }
            }
        } catch {
            throw abandonExchange(error)
        }
    }

    private func remaining(_ deadline: Deadline) -> Patience {
        deadline.instant.map { .upTo(max(.zero, $0 - context.clock.now)) } ?? .forever
    }

    private func beginExchange(_ correlation: RequestCorrelation?) throws(ZeroMQError) {
        let (maySend, isUnderWay, isCorrelated) = withReceiver {
            ($0.request.maySend, $0.request.isAwaiting, $0.request.isCorrelated)
        }
        guard maySend else {
            throw ZeroMQError(
                .invalidState,
                "a request made with send is under way: its reply must be received first",
                wasSent: false
            )
        }
        let isMarked = correlation.map { $0 == .id } ?? isCorrelated
        if !isMarked { try checkAnonymity() }
        // A relaxed socket gives the older request up.
        if isUnderWay { _ = giveUpRequest() }
        withReceiver { $0.request.beginExchange(marked: isMarked) }
    }

    /// Throws if a ROUTER would know this socket again after the connection was given up: it would
    /// send the late reply after it, to the next connection.
    func checkAnonymity() throws(ZeroMQError) {
        guard life.withLock({ !$0.options.routingID.isEmpty }) else { return }
        throw ZeroMQError(
            .invalidOption,
            "a late reply would follow the routing id of this socket to its next connection",
            hint: "give requests an id (`.id`, `isCorrelated`), or the socket no `routingID`",
            wasSent: false
        )
    }

    /// Whatever became of it, the next request may be sent.
    private func endExchange() {
        withReceiver { $0.request.endExchange() }
    }

    /// The connection was lost before it had taken the request. True if the request can be sent
    /// elsewhere; false if a server came meanwhile and has it.
    private func takeBack(_ error: ZeroMQError) throws(ZeroMQError) -> Bool {
        guard error == .requestStranded else { throw error }
        return giveUpRequest(onlyIfUnsent: true) == .unsent
    }

    /// Gives up the request of an exchange that failed. Returns what its caller is told.
    private func abandonExchange(_ error: ZeroMQError) -> ZeroMQError {
        let fate = giveUpRequest()
        endExchange()
        let wasSent = fate == .uncertain
        switch error.code {
        case .timedOut: return wasSent ? .requestTimedOut : requestNotSent()
        case .cancelled: return .requestCancelled(wasSent: wasSent)
        default: return error.saying(wasSent: wasSent)
        }
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
        hint: fateUnknown,
        wasSent: true
    )
    static let requestNotBegun = ZeroMQError(
        .timedOut,
        "the request was not sent: it waited in line behind others on this socket for all the time "
            + "allowed",
        hint: "the time allowed includes that in line; a RequestClient asks side by side",
        wasSent: false
    )
    static let requestLost = ZeroMQError(
        .notConnected,
        "the connection that carried the request was lost before the reply came",
        hint: fateUnknown + "; ask again if that does no harm",
        wasSent: true
    )
    /// For the caller of `receiveReply` only: the request is in the queue of a connection that was
    /// lost, and can be sent elsewhere.
    static let requestStranded = ZeroMQError(
        .notConnected,
        "the connection was lost before the request was sent",
        wasSent: false
    )

    static let fateUnknown = "the request was sent; whether it is carried out is not known"

    static func requestCancelled(wasSent: Bool) -> ZeroMQError {
        ZeroMQError(
            .cancelled,
            wasSent
                ? "the task was cancelled while it waited for the reply"
                : "the task was cancelled before the request was sent; it will not be",
            hint: wasSent ? fateUnknown : nil,
            wasSent: wasSent
        )
    }

    func saying(wasSent: Bool) -> ZeroMQError {
        ZeroMQError(
            code,
            message,
            endpoint: endpoint,
            systemErrno: systemErrno,
            hint: hint ?? (wasSent ? Self.fateUnknown : nil),
            wasSent: wasSent
        )
    }
}
