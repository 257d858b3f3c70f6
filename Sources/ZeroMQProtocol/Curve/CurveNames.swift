package import ZeroMQCrypto

/// The prefixes of CURVE's nonces, one for each use, and the sizes of its commands.
enum CurveNames {
    static let hello: NoncePrefix = .init("CurveZMQHELLO---")
    static let initiate: NoncePrefix = .init("CurveZMQINITIATE")
    static let ready: NoncePrefix = .init("CurveZMQREADY---")
    static let fromClient: NoncePrefix = .init("CurveZMQMESSAGEC")
    static let fromServer: NoncePrefix = .init("CurveZMQMESSAGES")
    // Of long nonces, which are random for the rest.
    static let welcome: StaticString = "WELCOME-"
    static let cookie: StaticString = "COOKIE--"
    static let vouch: StaticString = "VOUCH---"

    // Bytes behind the name of each command; with the name they make 200, 168, 257 and 30.
    static let helloData = 194
    static let welcomeData = 160
    static let leastInitiateData = 248
    static let leastReadyData = 24

    static let cookieCount = 96
    static let boxedKeysCount = 80

    /// What went wrong with a box is nobody's business: all failures look alike.
    static let failure = ProtocolError(.cryptographic)

    static func malformed(_ name: String) -> ProtocolError {
        ProtocolError(.malformedCommand(name: name))
    }
}

/// The random bytes that one handshake uses up.
///
/// They are made before it begins, because randomness can fail and a handshake cannot wait.
package struct CurveEntropy: Sendable {
    package static let count = 96
    private let secret: SecretBytes

    /// Takes 96 bytes that were never used before.
    package init(_ secret: SecretBytes) {
        precondition(secret.count == Self.count, "a handshake uses 96 bytes")
        self.secret = secret
    }

    /// The secret half of the key pair that lives as long as the connection.
    var transientKey: SecretKey { SecretKey(secret.bytes32()) }
    var cookieKey: SharedKey { SharedKey(secret.bytes32(at: 32)) }
    /// For the vouch of a client, or the WELCOME of a server.
    var firstLongNonce: [UInt8] { secret.withBytes { [UInt8]($0[64..<80]) } }
    var cookieNonce: [UInt8] { secret.withBytes { [UInt8]($0[80..<96]) } }
}

extension ByteReader {
    /// So many bytes, a number that we and not the peer have chosen.
    mutating func take(exactly count: UInt8) -> UnsafeRawBufferPointer? {
        take(FrameLength(count))
    }

    mutating func bytes32() -> Bytes32? {
        take(exactly: 32).flatMap { Bytes32($0) }
    }

    /// Eight bytes as the number they are, most significant first.
    mutating func counter() -> UInt64? {
        take(exactly: 8).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// The rest of a long nonce, of which the prefix is never on the wire.
    mutating func longNonce(_ prefix: StaticString) -> Nonce? {
        take(exactly: 16).map { Nonce(prefix, long: [UInt8]($0)) }
    }

}
