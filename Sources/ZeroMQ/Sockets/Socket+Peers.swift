extension Socket {
    /// The peers that are connected now, in the order in which they came; `peerCount` is their
    /// number.
    ///
    /// A snapshot: peers come and go meanwhile. Takes time in proportion to their number.
    public var peers: [Peer] { handle.core.peers }

    /// Ends one connection, bound or connecting, and no other. Returns false if it had ended
    /// already.
    ///
    /// The peer is one that `peers` or an event named; its handshake need not be complete. Nothing
    /// new goes to it when the call returns, which does not wait for the peer.
    ///
    /// What is queued for this one peer is sent in the background for as long as `linger` allows;
    /// nil stands for the socket's own `linger`. The rest is dropped and counted as
    /// `lingerExpired`. Until then the peer is still listed, and what it sends is received. A
    /// STREAM does not linger with a client that has taken nothing for five seconds. With
    /// `.discard` the connection has ended when the call returns.
    ///
    /// A connecting endpoint connects again, as after any loss. What it has queued goes over its
    /// next connection, so the old one ends at once. Over inproc the receiver reads what was sent
    /// before, and the two meet again at once. To end the endpoint, call `disconnect` with its
    /// address.
    ///
    /// C: `zmq_disconnect_peer`, which is a draft, and for other types of sockets.
    @discardableResult
    public func disconnect(_ peer: Peer, linger: Linger? = nil) -> Bool {
        handle.core.disconnect(peer.id, linger: linger)
    }
}
