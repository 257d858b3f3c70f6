internal import ZeroMQCrypto
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Security in the terms of the layers below.
extension SocketOptions {
    /// What one handshake needs, with random bytes of its own.
    func handshakeSecurity() throws(SystemError) -> Security {
        switch security.role {
        case .none:
            return .null(asksAuthenticator: authenticator != nil || !authenticationDomain.isEmpty)
        case .plainClient(let user, let password):
            return .plainClient(user: user, password: password.bytes)
        case .plainServer:
            return .plainServer
        case .curveClient(let keys, let server):
            return .curveClient(keys.pair, server: server.key, entropy: try Self.entropy())
        case .curveServer(let keys):
            return .curveServer(keys.pair, entropy: try Self.entropy())
        }
    }

    /// Nobody is asked who they are or where they come from.
    var letsAnybodyIn: Bool {
        security == .none && authenticator == nil && authenticationDomain.isEmpty
    }

    private static func entropy() throws(SystemError) -> CurveEntropy {
        CurveEntropy(
            try SecretBytes(count: CurveEntropy.count) { memory throws(SystemError) in
                try KernelRandom.fill(memory)
            }
        )
    }
}

extension Endpoint {
    /// Whether machines other than this one may be able to connect to it, once it is resolved.
    var isReachableFromElsewhere: Bool {
        guard case .tcp(let tcp) = address else { return false }
        guard case .text(let host) = tcp.host else { return true }
        return !host.hasPrefix("127.") && host != "::1"
    }
}
