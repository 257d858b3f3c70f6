internal import ZeroMQCrypto

/// How connections are protected, and which of the two roles this side has in that.
///
/// Both sides have to use the same mechanism. Which one is the server has nothing to do with who
/// binds. A server lets in only whom its `SocketOptions.authenticator` accepts. Connections over
/// inproc stay inside the process and are not protected.
public struct SocketSecurity: Hashable, Sendable {
    enum Role: Hashable, Sendable {
        case none
        case plainClient(user: [UInt8], password: SecretPassword)
        case plainServer
        case curveClient(CurveKeyPair, server: CurvePublicKey)
        case curveServer(CurveKeyPair)
    }

    let role: Role

    /// No protection: anyone who reaches the port may talk, and everything can be read on its way.
    ///
    /// C: NULL as the value of `ZMQ_MECHANISM`. The default.
    public static let none = SocketSecurity(role: .none)

    /// A client that names itself and gives a password, both readable on their way.
    ///
    /// C: `ZMQ_PLAIN_USERNAME`, `ZMQ_PLAIN_PASSWORD`. At most 255 bytes each.
    public static func plainClient(user: String, password: String) -> SocketSecurity {
        SocketSecurity(
            role: .plainClient(user: Array(user.utf8), password: SecretPassword(password.utf8))
        )
    }

    /// A client whose name and password are bytes, not text.
    public static func plainClient(user: [UInt8], password: [UInt8]) -> SocketSecurity {
        SocketSecurity(role: .plainClient(user: user, password: SecretPassword(password)))
    }

    /// A server that wants a name and a password; what follows is readable on its way.
    ///
    /// C: `ZMQ_PLAIN_SERVER`. Without an authenticator it refuses everybody.
    public static let plainServer = SocketSecurity(role: .plainServer)

    /// A client that knows the server's key, proves that it owns its own, and encrypts everything.
    ///
    /// C: `ZMQ_CURVE_PUBLICKEY`, `ZMQ_CURVE_SECRETKEY`, `ZMQ_CURVE_SERVERKEY`.
    public static func curveClient(
        _ keys: CurveKeyPair,
        server: CurvePublicKey
    ) -> SocketSecurity {
        SocketSecurity(role: .curveClient(keys, server: server))
    }

    /// A server whose key the clients know, and that encrypts everything.
    ///
    /// C: `ZMQ_CURVE_SERVER`, `ZMQ_CURVE_SECRETKEY`. Without an authenticator it refuses everybody.
    public static func curveServer(_ keys: CurveKeyPair) -> SocketSecurity {
        SocketSecurity(role: .curveServer(keys))
    }
}

extension SocketSecurity: CustomStringConvertible {
    /// The mechanism and the role, without secrets.
    public var description: String {
        switch role {
        case .none: "no security"
        case .plainClient: "PLAIN client"
        case .plainServer: "PLAIN server"
        case .curveClient(let keys, let server): "CURVE client \(keys.publicKey) of \(server)"
        case .curveServer(let keys): "CURVE server \(keys.publicKey)"
        }
    }
}

/// A password that is wiped when the last copy goes and prints as redacted.
struct SecretPassword: Hashable, Sendable {
    let bytes: SecretBytes

    var count: Int { bytes.count }

    init(_ bytes: some Collection<UInt8>) {
        self.bytes = SecretBytes(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    func hash(into hasher: inout Hasher) {}
}
