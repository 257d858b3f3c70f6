internal import ZeroMQProtocol

/// What a socket knows about the peer behind a pipe.
struct PeerDescription: Sendable {
    let kind: SocketKind
    /// The routing id the peer chose for itself; empty if it chose none.
    let identity: [UInt8]
    /// Where the peer is, as text.
    let address: String
    /// Everything it said of itself in the handshake.
    var properties: [MetadataProperty] = []
    /// What the authenticator said of it, if there was one.
    var admission: Admission?
}
