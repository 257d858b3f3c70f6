internal import ZeroMQProtocol

/// What a socket knows about the peer behind a pipe.
final class PeerDescription: @unchecked Sendable {
    // Sendable because everything but `described` is constant, and that is touched under the
    // receive gate of the one socket that has the peer.

    let kind: SocketKind
    /// The routing id the peer chose for itself; empty if it chose none.
    let identity: [UInt8]
    /// Where the peer is, as text.
    let address: String
    /// What it said of itself in the handshake, beside its type and its routing id.
    let properties: [MetadataProperty]
    /// What the authenticator said of it, if there was one.
    let admission: Admission?
    /// How many messages its predecessors at the same pipe had sent before it came.
    let precedingMessages: UInt64
    private var described: Described?

    /// The same in the form that applications want. Most never want it.
    private final class Described {
        let metadata: MessageMetadata

        init(_ metadata: MessageMetadata) { self.metadata = metadata }
    }

    init(
        kind: SocketKind,
        identity: [UInt8],
        address: String,
        properties: [MetadataProperty] = [],
        admission: Admission? = nil,
        precedingMessages: UInt64 = 0
    ) {
        self.kind = kind
        self.identity = identity
        self.address = address
        let own = [Metadata.socketType, Metadata.identity, Metadata.comesBack]
        self.properties = properties.filter { property in !own.contains { property.isNamed($0) } }
        self.admission = admission
        self.precedingMessages = precedingMessages
    }

    /// All of it in the form that applications want, made when it is first asked for.
    var metadata: MessageMetadata {
        let described = described ?? Described(MessageMetadata(self))
        self.described = described
        return described.metadata
    }
}
