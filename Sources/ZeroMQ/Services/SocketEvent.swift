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
    }

    case listening(Endpoint)
    case accepted(Endpoint)
    case acceptFailed(Endpoint, reason: DisconnectReason)
    /// No more connections can be accepted for now; those waiting are not lost.
    case acceptPaused(Endpoint, reason: DisconnectReason)
    case connecting(Endpoint)
    case connected(Endpoint)
    /// The endpoint could not be reached this time.
    case connectFailed(Endpoint, reason: DisconnectReason)
    case handshakeSucceeded(Endpoint, peer: Peer)
    case handshakeFailed(Endpoint, reason: DisconnectReason)
    /// The next attempt will be made after this time.
    case retrying(Endpoint, after: Duration)
    case disconnected(Endpoint, reason: DisconnectReason)
    case closed(Endpoint)
    /// So many events were not kept because nobody took them.
    case missed(Int)
}

extension SocketEvent.Peer {
    init(_ peer: PeerInfo, address: String) {
        self.init(
            socketType: peer.kind.wireName,
            routingID: Frame(peer.identity),
            address: address
        )
    }
}
