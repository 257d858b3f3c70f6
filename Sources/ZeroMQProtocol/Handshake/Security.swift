package import ZeroMQCrypto

/// The mechanism that a connection uses and this side's role in it, with what the role needs.
///
/// Which side is client and which is server has nothing to do with who connects and who binds.
package enum Security: Sendable {
    /// Nobody is asked who they are; with an authenticator, where they come from may be judged.
    case null(asksAuthenticator: Bool)
    case plainClient(user: [UInt8], password: SecretBytes)
    case plainServer
    case curveClient(KeyPair, server: PublicKey, entropy: CurveEntropy)
    case curveServer(KeyPair, entropy: CurveEntropy)

    var mechanism: Mechanism {
        switch self {
        case .null: .null
        case .plainClient, .plainServer: .plain
        case .curveClient, .curveServer: .curve
        }
    }

    var isServer: Bool {
        switch self {
        case .null, .plainClient, .curveClient: false
        case .plainServer, .curveServer: true
        }
    }
}

/// What a peer shows so that it can be let in.
package enum Credentials: Sendable, Equatable {
    case null
    case plain(user: [UInt8], password: [UInt8])
    /// The peer has proved that it owns this key.
    case curve(PublicKey)
}

/// What was decided about a peer.
package enum Verdict: Sendable, Equatable {
    case accepted
    /// ZAP's 300: nothing is said, and the peer will come back.
    case retryLater
    /// ZAP's 400: the peer is told that it may not enter.
    case refused
    /// ZAP's 500: the peer is told that the question could not be answered.
    case failed

    /// The status code that stands for it in ERROR and in events.
    package var code: String {
        switch self {
        case .accepted: "200"
        case .retryLater: "300"
        case .refused: "400"
        case .failed: "500"
        }
    }
}
