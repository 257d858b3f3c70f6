/// Something that happened to a socket's endpoints and connections.
///
/// Events that concern one connection name its `peer`.
public enum SocketEvent: Hashable, Sendable {
    /// The socket is bound to the endpoint. C: `ZMQ_EVENT_LISTENING`.
    case listening(Endpoint)
    /// Other machines can reach the endpoint, and everybody is let in: a warning.
    ///
    /// Comes once after `listening`, for tcp beyond this machine without security, authenticator
    /// and domain.
    case unprotected(Endpoint)
    /// The socket could not be bound; `bind` has thrown this. C: `ZMQ_EVENT_BIND_FAILED`.
    case bindFailed(Endpoint, error: ZeroMQError)
    /// A connection was accepted; its handshake begins. C: `ZMQ_EVENT_ACCEPTED`.
    case accepted(Endpoint, peer: Peer)
    /// A connection could not be accepted. C: `ZMQ_EVENT_ACCEPT_FAILED`.
    case acceptFailed(Endpoint, reason: DisconnectReason)
    /// No more connections can be accepted for now; those waiting are not lost.
    ///
    /// In a shortage of descriptors or memory this comes once, however often accepting is tried
    /// until `acceptResumed` tells that it is over. The reason's text names the limit.
    case acceptPaused(Endpoint, reason: DisconnectReason)
    /// A shortage is over: everybody who waited has been accepted, or has left.
    case acceptResumed(Endpoint)
    /// An attempt to connect begins. C: `ZMQ_EVENT_CONNECT_DELAYED`.
    case connecting(Endpoint)
    /// The connection is made; its handshake begins. C: `ZMQ_EVENT_CONNECTED`.
    case connected(Endpoint, peer: Peer)
    /// The endpoint could not be reached this time.
    case connectFailed(Endpoint, reason: DisconnectReason)
    /// The peer is there, and messages may flow. C: `ZMQ_EVENT_HANDSHAKE_SUCCEEDED`.
    case handshakeSucceeded(Endpoint, peer: Peer)
    /// The handshake came to nothing.
    ///
    /// C: `ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL`, `ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL`,
    /// `ZMQ_EVENT_HANDSHAKE_FAILED_AUTH`.
    case handshakeFailed(Endpoint, peer: Peer, reason: DisconnectReason)
    /// The authenticator could not say whether a peer may enter; `handshakeFailed` follows.
    ///
    /// An answer of ZAP that breaks the rules of ZAP is such a reason: the text names the rule.
    case authenticatorFailed(Endpoint, peer: Peer, reason: String)
    /// The next attempt will be made after this time. C: `ZMQ_EVENT_CONNECT_RETRIED`.
    case retrying(Endpoint, after: Duration)
    /// This socket will not have the peer; `handshakeFailed` follows, or `disconnected` if the peer
    /// had been there.
    case peerRefused(Endpoint, peer: Peer, reason: DisconnectReason)
    /// An established connection ended. C: `ZMQ_EVENT_DISCONNECTED`.
    case disconnected(Endpoint, peer: Peer, reason: DisconnectReason)
    /// Nothing more will come of the endpoint: its connections have ended before. It was taken
    /// back, given up, or closed with its socket. C: `ZMQ_EVENT_CLOSED`.
    case closed(Endpoint)
    /// So many messages have been dropped for this cause by now: 1, and about 2, 4, 8 and so on.
    ///
    /// What nobody subscribed to is not reported; `Socket.statistics` counts it.
    case dropped(DropCause, count: Int)
    /// So many events were not kept because this observer had not taken them.
    case missed(Int)
}

extension SocketEvent {
    /// The connection that the event is about; nil if it is about none.
    public var peer: Peer? {
        switch self {
        case .accepted(_, let peer), .connected(_, let peer), .handshakeSucceeded(_, let peer),
            .handshakeFailed(_, let peer, _), .authenticatorFailed(_, let peer, _),
            .peerRefused(_, let peer, _), .disconnected(_, let peer, _):
            peer
        case .listening, .unprotected, .bindFailed, .acceptFailed, .acceptPaused, .acceptResumed,
            .connecting, .connectFailed, .retrying, .closed, .dropped, .missed:
            nil
        }
    }

    /// The endpoint that the event is about; nil for `dropped` and `missed`.
    public var endpoint: Endpoint? {
        switch self {
        case .listening(let endpoint), .unprotected(let endpoint), .bindFailed(let endpoint, _),
            .accepted(let endpoint, _), .acceptFailed(let endpoint, _),
            .acceptPaused(let endpoint, _), .acceptResumed(let endpoint),
            .connecting(let endpoint), .connected(let endpoint, _),
            .connectFailed(let endpoint, _), .handshakeSucceeded(let endpoint, _),
            .handshakeFailed(let endpoint, _, _), .authenticatorFailed(let endpoint, _, _),
            .retrying(let endpoint, _), .peerRefused(let endpoint, _, _),
            .disconnected(let endpoint, _, _), .closed(let endpoint):
            endpoint
        case .dropped, .missed: nil
        }
    }

    /// Why something ended or came to nothing; nil if the event tells of no such thing.
    public var reason: DisconnectReason? {
        switch self {
        case .acceptFailed(_, let reason), .acceptPaused(_, let reason),
            .connectFailed(_, let reason), .handshakeFailed(_, _, let reason),
            .peerRefused(_, _, let reason), .disconnected(_, _, let reason):
            reason
        case .listening, .unprotected, .bindFailed, .accepted, .acceptResumed, .connecting,
            .connected, .handshakeSucceeded, .authenticatorFailed, .retrying, .closed, .dropped,
            .missed:
            nil
        }
    }
}
