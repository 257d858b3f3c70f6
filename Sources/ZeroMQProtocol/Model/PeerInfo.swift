/// What is known of a peer once its READY is in.
package struct PeerInfo: Sendable, Equatable {
    package let version: ProtocolVersion
    package let kind: SocketKind
    /// The identity the peer chose; empty when it has none that may be used.
    package let identity: [UInt8]
    /// All properties in the order received, Socket-Type and Identity included.
    package let properties: [MetadataProperty]

    package init(
        version: ProtocolVersion,
        kind: SocketKind,
        identity: [UInt8] = [],
        properties: [MetadataProperty] = []
    ) {
        self.version = version
        self.kind = kind
        self.identity = identity
        self.properties = properties
    }
}
