internal import ZeroMQProtocol

/// What all connections of one endpoint share, stored once.
final class EndpointSettings: Sendable {
    /// The endpoint: as resolved by `bind`, or as given to `connect`.
    let endpoint: Endpoint
    let options: SocketOptions
    let limits: ProtocolLimits
    /// The application's own metadata properties for the handshake.
    let properties: [MetadataProperty]

    init(endpoint: Endpoint, options: SocketOptions) {
        self.endpoint = endpoint
        self.options = options
        limits = options.protocolLimits
        properties = options.metadataProperties
    }
}
