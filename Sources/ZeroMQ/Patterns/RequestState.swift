/// The lock-step of REQ: send, receive, send, receive.
///
///     idle ──sent──▶ awaiting ──reply taken──▶ idle
///                       └── sent again, if relaxed ──▶ awaiting
///
/// Guarded by the receive gate, which a sending REQ enters too.
struct RequestState {
    private(set) var isAwaiting = false
    /// The peer that was asked; nil if it has gone, and then anybody may answer.
    private(set) var asked: SocketPipe?
    /// The id of the request under way, if requests are correlated.
    private(set) var identifier: UInt32 = .random(in: .min ... .max)

    var isRelaxed = false
    var isCorrelated = false

    var maySend: Bool { !isAwaiting || isRelaxed }

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
    }

    mutating func peerLeft(_ pipe: SocketPipe) {
        if asked === pipe { asked = nil }
    }
}
