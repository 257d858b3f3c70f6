internal import ZeroMQProtocol

/// What all connections of one endpoint have in common, kept once.
final class EndpointSettings: Sendable {
    /// The endpoint that was bound, with everything resolved, or connected.
    let endpoint: Endpoint
    let options: SocketOptions
    let limits: ProtocolLimits
    /// The application's own properties, for the handshake.
    let properties: [MetadataProperty]

    init(endpoint: Endpoint, options: SocketOptions) {
        self.endpoint = endpoint
        self.options = options
        limits = options.protocolLimits
        properties = options.metadataProperties
    }
}
