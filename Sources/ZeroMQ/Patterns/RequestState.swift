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
    /// The peer that was asked; nil while nobody is there to be asked, and when that peer has gone.
    private(set) var asked: SocketPipe?
    /// Counts the requests: the id of the one under way, if it carries one.
    private(set) var serial = UInt32(truncatingIfNeeded: KernelDice.roll())
    /// The request under way carries its id, and its reply brings that back.
    private(set) var isMarked = false
    /// The request under way has been accepted, and waits for a first peer.
    private(set) var isHeld = false

    var isRelaxed = false
    /// What the application asked for.
    var isCorrelated = false
    /// The request under way is sent and awaited in one call.
    private(set) var isExchange = false
    private var marksExchange = false
    /// The connection of an exchange is gone.
    private(set) var hasFailed = false
    /// It had not taken the request.
    private(set) var isStranded = false

    var maySend: Bool { !isAwaiting || isRelaxed && !isExchange }
    /// Whether the next request carries its id.
    var marksNext: Bool { isExchange ? marksExchange : isCorrelated }

    /// Begins a request. Returns its number.
    mutating func begin() -> UInt32 {
        serial &+= 1
        isMarked = marksNext
        return serial
    }

    mutating func sent(to pipe: SocketPipe) {
        isAwaiting = true
        asked = pipe
    }

    mutating func held() {
        isAwaiting = true
        isHeld = true
    }

    /// A request that was held is in the queue of a pipe, unless a newer one is under way.
    mutating func placed(_ request: UInt32, in pipe: SocketPipe) {
        guard isHeld, serial == request else { return }
        isHeld = false
        asked = pipe
    }

    /// Once the peer that was asked has gone, anybody may answer: a ROUTER that knows this socket
    /// by its routing id sends the reply to its next connection.
    func mayAnswer(_ pipe: SocketPipe) -> Bool {
        asked === pipe || asked == nil && !isHeld && !pipe.isGivenUp
    }

    mutating func answered() {
        isAwaiting = false
        asked = nil
        isHeld = false
        (hasFailed, isStranded) = (false, false)
    }

    /// The pipe has gone, with the request in it or without.
    mutating func peerLeft(_ pipe: SocketPipe) {
        guard asked === pipe else { return }
        asked = nil
        if isExchange { end(isUnsent: pipe.leftUnsent > 0) }
    }

    /// The connection of a peer broke; what it had not taken whole will be sent again.
    mutating func connectionLost(_ pipe: SocketPipe) {
        guard asked === pipe, isExchange else { return }
        end(isUnsent: pipe.outbound.unacknowledged > 0)
    }

    private mutating func end(isUnsent: Bool) {
        (hasFailed, isStranded) = (true, isUnsent)
    }

    /// A server has come and has the request.
    mutating func goOn() { (hasFailed, isStranded) = (false, false) }

    // MARK: Pipes that make way for others

    /// The pipe goes. The number of the request if it was sent there, which anybody may answer
    /// then.
    mutating func letGo(of pipe: SocketPipe) -> UInt32? {
        guard asked === pipe else { return nil }
        asked = nil
        (hasFailed, isStranded) = (false, false)
        return serial
    }

    /// The request is in the queue of another pipe, unless a newer one is under way.
    mutating func moved(_ request: UInt32, to pipe: SocketPipe) {
        guard isAwaiting, !isHeld, asked == nil, serial == request else { return }
        asked = pipe
        if isExchange { end(isUnsent: true) }
    }

    /// The request has gone with its pipe, unless a newer one is under way.
    mutating func lost(_ request: UInt32) {
        if isExchange, isAwaiting, asked == nil, serial == request { end(isUnsent: false) }
    }

    // MARK: Exchanges

    mutating func beginExchange(marked: Bool) {
        answered()
        isExchange = true
        marksExchange = marked
    }

    mutating func endExchange() {
        isExchange = false
        answered()
    }
}

/// A request that was accepted while no peer was there; see `SocketCore+HeldRequest`.
struct HeldRequest {
    let message: Message
    let number: UInt32
    let isMarked: Bool
    /// Its caller waits for the reply, and may yet give it up.
    let isExchange: Bool
}
