internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Why a connection ended.
enum SessionEnd {
    /// This side wanted it: close, disconnect, unbind.
    case local
    /// The peer closed.
    case closedByPeer
    /// The system reported an error.
    case system(SystemError)
    /// The peer did something that ends a connection, or refused this side.
    case violation(ProtocolError)
    /// This side's socket refused the peer.
    case refused(Refusal)
    /// Too many others were in the same handshake.
    case crowdedOut

    /// What becomes of the messages that only this connection could have carried. What this side
    /// ends itself had its time.
    var dropCause: DropCause {
        if case .local = self { .lingerExpired } else { .peerGone }
    }
}

/// Why a pattern will not have a peer.
enum Refusal {
    /// Another live peer has the same routing id.
    case duplicateIdentity
    /// PAIR has a peer already.
    case surplusPeer
    /// The peer asked for more than it may have.
    case limitExceeded(ProtocolError.Limit)
    /// The socket is closing.
    case closing
}

/// Who made a session and goes on when it ends: a connector or a listener. Called on the loop.
protocol SessionKeeper: AnyObject {
    /// The handshake is complete: the pipe that the session shall serve.
    func sessionBecameReady(_ session: Session, peer: PeerInfo) -> SessionPipe?
    /// A connection with a pipe has ended: the socket is to let go of what was its peer's, before
    /// anybody is told of the end.
    func sessionLeftPipe(_ session: Session, reason: SessionEnd)
    func sessionEnded(_ session: Session, reason: SessionEnd)
    /// An authenticator has been asked about the peer, which has done its part for now.
    func sessionWasAsked(about session: Session)
    /// The authenticator has answered: it is the peer's turn again.
    func sessionWasAnswered(about session: Session)
    /// A connection has written everything it could find: see `SessionPipe.isDrained`.
    func pipeDrained(_ pipe: SessionPipe)
    /// Nobody will read any more: only what is queued keeps connections open.
    var isClosing: Bool { get }
}

extension SessionKeeper {
    func sessionWasAsked(about session: Session) {}
    func sessionWasAnswered(about session: Session) {}
}
