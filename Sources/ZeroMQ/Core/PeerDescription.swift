internal import ZeroMQProtocol

/// What a socket knows about the peer behind a pipe.
final class PeerDescription: @unchecked Sendable {
    // Sendable because everything but `described` is constant. `described` is used only under the
    // receive gate of the one socket that has the peer.

    let kind: SocketKind
    /// The routing id the peer chose for itself; empty if it chose none.
    let identity: [UInt8]
    /// Where the peer is, as text.
    let address: String
    /// The properties that the peer announced in the handshake, other than socket type and routing
    /// id.
    let properties: [MetadataProperty]
    /// What the authenticator said of the peer, if one was asked.
    let admission: Admission?
    /// How many messages earlier peers had sent through the same pipe.
    let precedingMessages: UInt64
    private var described: Described?

    /// The same data in the form that applications use. Most applications never ask for it.
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
        let own = [
            Metadata.socketType, Metadata.identity, Metadata.comesBack, Metadata.confirms,
        ]
        self.properties = properties.filter { property in !own.contains { property.isNamed($0) } }
        self.admission = admission
        self.precedingMessages = precedingMessages
    }

    /// All data in the form that applications use, built on first use.
    var metadata: MessageMetadata {
        let described = described ?? Described(MessageMetadata(self))
        self.described = described
        return described.metadata
    }
}
