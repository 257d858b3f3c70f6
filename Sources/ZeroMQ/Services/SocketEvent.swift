internal import ZeroMQProtocol

/// Something that happened to a socket's endpoints and connections.
public enum SocketEvent: Hashable, Sendable {
    /// Who completed a handshake.
    public struct Peer: Hashable, Sendable {
        /// The peer's socket type as it is called on the wire, such as `DEALER`.
        public let socketType: String
        /// The routing id the peer chose; empty if it chose none.
        public let routingID: Frame
        /// The peer's address.
        public let address: String
        /// Who the authenticator says the peer is; nil if it was not asked, or does not say.
        public let userID: String?
        /// The CURVE key that the peer has proved to own; nil under other mechanisms.
        public let publicKey: CurvePublicKey?
    }

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
    case accepted(Endpoint)
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
    case connected(Endpoint)
    /// The endpoint could not be reached this time.
    case connectFailed(Endpoint, reason: DisconnectReason)
    /// The peer is there, and messages may flow. C: `ZMQ_EVENT_HANDSHAKE_SUCCEEDED`.
    case handshakeSucceeded(Endpoint, peer: Peer)
    /// The handshake came to nothing.
    ///
    /// C: `ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL`, `ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL`,
    /// `ZMQ_EVENT_HANDSHAKE_FAILED_AUTH`.
    case handshakeFailed(Endpoint, reason: DisconnectReason)
    /// The authenticator could not say whether a peer may enter; `handshakeFailed` follows.
    ///
    /// An answer of ZAP that breaks the rules of ZAP is such a reason: the text names the rule.
    case authenticatorFailed(Endpoint, reason: String)
    /// The next attempt will be made after this time. C: `ZMQ_EVENT_CONNECT_RETRIED`.
    case retrying(Endpoint, after: Duration)
    /// This socket will not have the peer; `handshakeFailed` follows, or `disconnected` if the peer
    /// had been there.
    case peerRefused(Endpoint, reason: DisconnectReason)
    /// An established connection ended. C: `ZMQ_EVENT_DISCONNECTED`.
    case disconnected(Endpoint, reason: DisconnectReason)
    /// Nothing more will come of the endpoint: its connections have ended before. It was taken
    /// back, given up, or closed with its socket. C: `ZMQ_EVENT_CLOSED`.
    case closed(Endpoint)
    /// So many messages have been dropped for this cause by now: 1, and about 2, 4, 8 and so on.
    ///
    /// What nobody subscribed to is not reported; `Socket.statistics` counts it.
    case dropped(DropCause, count: Int)
    /// So many events were not kept because nobody took them.
    case missed(Int)
}

extension SocketEvent.Peer {
    init(_ peer: PeerInfo, address: String, admission: Admission?) {
        self.init(
            socketType: peer.kind.wireName,
            routingID: Frame(peer.identity),
            address: address,
            userID: admission?.userID,
            publicKey: admission?.publicKey
        )
    }
}
