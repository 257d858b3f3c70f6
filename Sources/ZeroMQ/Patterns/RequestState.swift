internal import ZeroMQReactor

/// The lock-step of REQ: send, receive, send, receive.
///
///     idle ──sent──▶ awaiting ──reply taken──▶ idle
///                       ├── sent again, if relaxed ──▶ awaiting
///                       └── exchange given up ──▶ idle
///
/// Guarded by the receive gate, which a sending REQ enters too.
struct RequestState {
    private(set) var isAwaiting = false
    /// The peer that was asked; nil if it has gone, and then anybody may answer.
    private(set) var asked: SocketPipe?
    /// The id of the request under way, if requests are correlated.
    private(set) var identifier = UInt32(truncatingIfNeeded: KernelDice.roll())

    var isRelaxed = false
    /// What the application asked for.
    var isCorrelated = false
    /// The request under way is sent and awaited in one call, which always correlates.
    private(set) var isExchange = false
    /// The connection that had taken the request of an exchange is gone.
    private(set) var isLost = false

    var maySend: Bool { !isAwaiting || isRelaxed }
    var carriesIdentifier: Bool { isCorrelated || isExchange }

    /// The id for the request about to be sent.
    mutating func nextIdentifier() -> UInt32 {
        identifier &+= 1
        return identifier
    }

    mutating func sent(to pipe: SocketPipe) {
        isAwaiting = true
        asked = pipe
    }

    func mayAnswer(_ pipe: SocketPipe) -> Bool { asked == nil || asked === pipe }

    mutating func answered() {
        isAwaiting = false
        asked = nil
        isLost = false
    }

    mutating func peerLeft(_ pipe: SocketPipe) {
        guard asked === pipe else { return }
        asked = nil
        if isExchange { isLost = true }
    }

    /// The connection of a peer broke; what it had not taken whole will be sent again.
    mutating func connectionLost(_ pipe: SocketPipe) {
        guard asked === pipe, isExchange, pipe.outbound.unacknowledged == 0 else { return }
        isLost = true
    }

    // MARK: Pipes that make way for others

    /// The pipe goes. The id of the request if it was sent there, which anybody may answer then.
    mutating func letGo(of pipe: SocketPipe) -> UInt32? {
        guard asked === pipe else { return nil }
        asked = nil
        return identifier
    }

    /// The request is in the queue of another pipe, unless a newer one is under way.
    mutating func moved(_ request: UInt32, to pipe: SocketPipe) {
        if isAwaiting, asked == nil, identifier == request { asked = pipe }
    }

    /// The request has gone with its pipe, unless a newer one is under way.
    mutating func lost(_ request: UInt32) {
        if isExchange, asked == nil, identifier == request { isLost = true }
    }

    // MARK: Exchanges

    /// False if a request is under way.
    mutating func beginExchange() -> Bool {
        guard maySend else { return false }
        answered()
        isExchange = true
        return true
    }

    mutating func endExchange() {
        isExchange = false
        answered()
    }
}
