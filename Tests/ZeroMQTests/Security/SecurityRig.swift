import Testing
import ZeroMQ
import ZeroMQReactor

/// Both ends of a connection with security, before they are bound and connected.
struct SecurityRig {
    let server: RouterSocket
    let client: DealerSocket
    let endpoint: Endpoint

    init(
        _ context: Context,
        _ endpoint: String = "tcp://127.0.0.1:*",
        server serverSecurity: SocketSecurity,
        client clientSecurity: SocketSecurity,
        authenticator: Authenticator?,
        domain: String = "",
        handshakeTimeout: Duration = .seconds(5)
    ) throws {
        server = RouterSocket(context: context)
        client = DealerSocket(context: context)
        server.describesMessages = true
        server.options.security = serverSecurity
        server.options.authenticator = authenticator
        server.options.authenticationDomain = domain
        server.options.handshakeTimeout = handshakeTimeout
        client.options.security = clientSecurity
        client.options.routingID = "me"
        self.endpoint = try server.bind(endpoint)
        try client.connect(self.endpoint)
    }

    /// The reason for which the server did not let somebody in.
    func refusalAtServer() -> DisconnectReason? { Self.refusal(server.events) }
    func refusalAtClient() -> DisconnectReason? { Self.refusal(client.events) }

    private static func refusal(_ events: SocketEvents) -> DisconnectReason? {
        let event = events.first { event in
            if case .handshakeFailed = event { true } else { false }
        }
        guard case .handshakeFailed(_, _, let reason) = event else { return nil }
        return reason
    }

    /// Sends something there and back, and returns what the server knows of the client.
    @discardableResult
    func talk(_ count: Int = 5) throws -> MessageMetadata? {
        try client.put(Message([UInt8](repeating: 7, count: count)))
        let message = try server.next()
        #expect(message.count == 2)
        #expect(message[1].count == count)
        try server.put([message[0], "answer"])
        #expect(try client.next() == "answer")
        return message.metadata
    }
}
