internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Why a connection ended.
enum SessionEnd {
    /// This side ended it: close, disconnect, unbind.
    case local
    /// The peer closed.
    case closedByPeer
    /// The system reported an error.
    case system(SystemError)
    /// The peer violated the protocol, or refused this side.
    case violation(ProtocolError)
    /// This side's socket refused the peer.
    case refused(Refusal)
    /// REQ: this side gave its request up, and closed so that no late reply can come.
    case requestGivenUp
    /// Evicted, because too many connections were in the handshake.
    case crowdedOut

    /// The cause under which messages for this connection are dropped. If this side ended it, the
    /// linger time is over.
    var dropCause: DropCause {
        switch self {
        case .local: .lingerExpired
        case .requestGivenUp: .withdrawn
        case .closedByPeer, .system, .violation, .refused, .crowdedOut: .peerGone
        }
    }
}

extension SessionEnd {
    /// Whether this side ended it.
    var isOwn: Bool {
        switch self {
        case .local, .requestGivenUp: true
        case .closedByPeer, .system, .violation, .refused, .crowdedOut: false
        }
    }

    /// The peer will reject this side the next time too: the reason does not pass by itself.
    var isFinal: Bool {
        guard case .violation(let error) = self else { return false }
        switch error.reason {
        case .refusedByPeer(let text): return !Refusal.mayPass(text)
        case .authenticationRefused: return true
        default: return false
        }
    }

    /// One side rejects the other, or what the other sends.
    var isRefusal: Bool {
        switch self {
        case .violation, .refused: true
        case .local, .requestGivenUp, .closedByPeer, .system, .crowdedOut: false
        }
    }

    /// The end with the reason that the peer announced before it closed.
    func explained(by farewell: String?) -> SessionEnd {
        guard let farewell else { return self }
        switch self {
        case .closedByPeer, .system:
            return .violation(ProtocolError(.refusedByPeer(reason: farewell)))
        case .local, .requestGivenUp, .violation, .refused, .crowdedOut: return self
        }
    }
}

/// Why a pattern rejects a peer.
enum Refusal {
    /// Another live peer has the same routing id.
    case duplicateIdentity
    /// PAIR has a peer already.
    case surplusPeer
    /// The peer asked for more than its limit.
    case limitExceeded(ProtocolError.Limit)
    /// The socket is closing.
    case closing

    /// The reason sent to the peer; nil if closing the connection says enough.
    var text: String? {
        switch self {
        case .duplicateIdentity: Self.nameInUse
        case .surplusPeer: Self.noPlace
        case .limitExceeded(let limit): "too many \(limit.rawValue)"
        case .closing: nil
        }
    }

    /// The reason is lack of a place, which may come free.
    var mayPass: Bool { text.map { Self.mayPass($0) } ?? true }

    /// Whether a peer that sends this text may have a place for us later.
    static func mayPass(_ text: String) -> Bool { text == nameInUse || text == noPlace }

    private static let nameInUse = "another peer has the same routing id"
    private static let noPlace = "this PAIR has a peer"
}

/// The owner of a session, which continues when it ends: a connector or a listener. Called on the
/// loop.
protocol SessionKeeper: AnyObject {
    /// Whether our READY waits until the socket has a place for the peer.
    var placeQuestion: PlaceQuestion { get }
    var greetingPatience: GreetingPatience { get set }
    /// The pipe outlives connections, with what is queued in it.
    var keepsPipe: Bool { get }
    /// The pipe for the session; it is attached to the socket from now on. Nil if there is to be no
    /// connection.
    func pipe(for session: Session) -> SessionPipe?
    /// The handshake is complete.
    func sessionBecameReady(_ session: Session)
    /// The socket has a place for a pipe; and below, it has refused one that has no connection.
    func pipeWasAdmitted(_ pipe: SessionPipe)
    func pipeWasRefused(_ pipe: SessionPipe, _ reason: Refusal)
    /// A connection with a pipe has ended: the owner detaches what belonged to its peer before the
    /// end is reported.
    func sessionLeftPipe(_ session: Session, reason: SessionEnd)
    func sessionEnded(_ session: Session, reason: SessionEnd)
    /// The authenticator has been asked about the peer, whose part is done for now.
    func sessionWasAsked(about session: Session)
    /// The authenticator has answered: it is the peer's turn again.
    func sessionWasAnswered(about session: Session)
    /// A connection has written everything it found: see `SessionPipe.isDrained`.
    func pipeDrained(_ pipe: SessionPipe)
    /// REQ: ends the connection of a pipe, and drops everything in the pipe.
    func requestGivenUp(_ pipe: SessionPipe)
    /// Nothing will be received any more: only queued messages keep connections open.
    var isClosing: Bool { get }
}

extension SessionKeeper {
    func pipeWasAdmitted(_ pipe: SessionPipe) {}
    func pipeWasRefused(_ pipe: SessionPipe, _ reason: Refusal) {}
    func sessionWasAsked(about session: Session) {}
    func sessionWasAnswered(about session: Session) {}
}
