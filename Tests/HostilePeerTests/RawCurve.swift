import CryptoComparison
import ZeroMQTestSupport

/// The client's half of CURVE, byte by byte, with libsodium's cryptography: nothing of ours.
struct RawCurve {
    let sodium: Sodium
    let serverKey: [UInt8]
    /// What the vouch names as the server.
    var vouchedServer: [UInt8]
    var secret = [UInt8](0x30..<0x50)
    var transient: [UInt8]
    /// S′ and the cookie, once WELCOME is in.
    private(set) var serverTransient: [UInt8] = []
    var cookie: [UInt8] = []

    static let basePoint: [UInt8] = [9] + [UInt8](repeating: 0, count: 31)

    init(server: [UInt8], transient: [UInt8] = [UInt8](0x70..<0x90)) throws {
        sodium = try Sodium()
        (serverKey, vouchedServer) = (server, server)
        self.transient = transient
    }

    private func publicKey(of secret: [UInt8]) -> [UInt8] {
        sodium.x25519(secret, Self.basePoint) ?? []
    }

    private func box(
        _ content: [UInt8],
        _ nonce: [UInt8],
        from secret: [UInt8],
        to theirs: [UInt8]
    ) -> [UInt8] {
        sodium.boxKey(theirs, secret).flatMap { sodium.seal(content, nonce: nonce, key: $0) } ?? []
    }

    static func nonce(_ prefix: String, _ counter: UInt64) -> [UInt8] {
        Array(prefix.utf8) + Wire.bigEndian(counter)
    }

    // MARK: Commands

    /// HELLO, with another transient key or box in it if wanted.
    func hello(key: [UInt8]? = nil, box other: [UInt8]? = nil) -> [UInt8] {
        let zeros = [UInt8](repeating: 0, count: 64)
        let signature = box(
            zeros,
            Self.nonce("CurveZMQHELLO---", 1),
            from: transient,
            to: serverKey
        )
        let head: [UInt8] = [1, 0] + [UInt8](repeating: 0, count: 72)
        let data = head + (key ?? publicKey(of: transient)) + Wire.bigEndian(UInt64(1))
        return Wire.command("HELLO", data + (other ?? signature))
    }

    /// Reads the server's answer to HELLO.
    mutating func take(welcome frame: RawFrame) throws {
        let data = Array(frame.body.dropFirst(8))
        let nonce = Array("WELCOME-".utf8) + data[..<16]
        guard let key = sodium.boxKey(serverKey, transient),
            let content = sodium.open(Array(data[16...]), nonce: nonce, key: key)
        else { throw Unexpected(reason: nil) }
        serverTransient = Array(content[..<32])
        cookie = Array(content[32...])
    }

    func initiate(_ metadata: [UInt8], counter: UInt64 = 2) -> [UInt8] {
        let long = [UInt8](repeating: 0xc0, count: 16)
        let vouch = box(
            publicKey(of: transient) + vouchedServer,
            Array("VOUCH---".utf8) + long,
            from: secret,
            to: serverTransient
        )
        let content = publicKey(of: secret) + long + vouch + metadata
        let nonce = Self.nonce("CurveZMQINITIATE", counter)
        let sealed = box(content, nonce, from: transient, to: serverTransient)
        return Wire.command("INITIATE", cookie + Wire.bigEndian(counter) + sealed)
    }

    /// The body of a MESSAGE whose box holds these bytes: flags and frame.
    func message(_ content: [UInt8], counter: UInt64) -> [UInt8] {
        let nonce = Self.nonce("CurveZMQMESSAGEC", counter)
        let sealed = box(content, nonce, from: transient, to: serverTransient)
        return [7] + Array("MESSAGE".utf8) + Wire.bigEndian(counter) + sealed
    }

    /// What a MESSAGE from the server holds: flags and frame.
    func opened(_ frame: RawFrame) -> [UInt8]? {
        let nonce = Array("CurveZMQMESSAGES".utf8) + frame.body[8..<16]
        guard let key = sodium.boxKey(serverTransient, transient) else { return nil }
        return sodium.open(Array(frame.body[16...]), nonce: nonce, key: key)
    }
}

extension RawPeer {
    static let curveGreeting = Wire.greeting(mechanism: Array("CURVE".utf8))

    /// Greeting, HELLO and WELCOME.
    func beginCurve(_ curve: inout RawCurve) throws {
        send(Self.curveGreeting + curve.hello())
        _ = try receive(64)
        try curve.take(welcome: try receiveFrame())
    }

    /// A whole handshake; READY is read and not looked at.
    func shakeHands(
        _ curve: inout RawCurve,
        metadata: [UInt8] = Wire.property("Socket-Type", Array("PUSH".utf8))
    ) throws {
        try beginCurve(&curve)
        send(curve.initiate(metadata))
        _ = try receiveFrame()
    }
}
