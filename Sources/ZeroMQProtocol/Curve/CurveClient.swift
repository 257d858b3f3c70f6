internal import ZeroMQCrypto

/// The client of CURVE: it knows the server's key beforehand and proves that it owns its own.
///
///     HELLO ──▶ awaiting WELCOME ──INITIATE──▶ awaiting READY ──▶ ready
///
/// In the letters of the specification: c, C are the permanent pair, c′, C′ the transient one;
/// S is the server's permanent key and S′ its transient one.
struct CurveClient {
    private enum Phase {
        case awaitingWelcome
        /// The key of everything from INITIATE on.
        case awaitingReady(SharedKey)
        case ready(CurveTraffic)
    }

    private let introduction: Introduction
    private let keys: KeyPair
    private let server: PublicKey
    private let transient: KeyPair
    private let vouchNonce: [UInt8]
    /// Box between C′ and S, of HELLO and WELCOME.
    private var greetingKey: SharedKey?
    private var phase = Phase.awaitingWelcome

    init(
        _ introduction: Introduction,
        keys: KeyPair,
        server: PublicKey,
        entropy: CurveEntropy
    ) {
        self.introduction = introduction
        self.keys = keys
        self.server = server
        transient = KeyPair(entropy.transientKey)
        vouchNonce = entropy.firstLongNonce
    }

    var traffic: CurveTraffic? {
        if case .ready(let traffic) = phase { traffic } else { nil }
    }

    /// Shows C′, and that we know c′ and S.
    mutating func hello() throws(ProtocolError) -> [UInt8] {
        guard let key = transient.secretKey.sharedKey(with: server) else {
            throw CurveNames.failure
        }
        greetingKey = key
        var data: [UInt8] = [1, 0]
        data += repeatElement(0, count: 72)
        data += transient.publicKey.bytes.array
        data.appendBigEndian(UInt64(1))
        let zeros = [UInt8](repeating: 0, count: 64)
        data += key.seal(zeros, nonce: Nonce(CurveNames.hello, counter: 1))
        return Command.encode("HELLO", data: data)
    }

    mutating func received(
        _ command: HandshakeCommand,
        version: ProtocolVersion
    ) throws(ProtocolError) -> MechanismState.Reaction {
        try command.checkForClient()
        switch phase {
        case .awaitingWelcome:
            guard let data = command.data(of: "WELCOME") else { throw command.unexpected }
            return .init(send: try answer(welcome: data))
        case .awaitingReady(let key):
            guard let data = command.data(of: "READY") else { throw command.unexpected }
            return .init(next: .ready(try judge(ready: data, key: key, version: version)))
        case .ready:
            throw command.unexpected
        }
    }

    private mutating func answer(welcome data: UnsafeRawBufferPointer) throws(ProtocolError)
        -> [UInt8]
    {
        var reader = ByteReader(data)
        guard data.count == CurveNames.welcomeData,
            let nonce = reader.longNonce(CurveNames.welcome)
        else {
            throw CurveNames.malformed("WELCOME")
        }
        guard let content = greetingKey?.open(reader.rest(), nonce: nonce),
            let theirs = Bytes32(content.prefix(32)).map({ PublicKey($0) }),
            let key = transient.secretKey.sharedKey(with: theirs),
            let vouchKey = keys.secretKey.sharedKey(with: theirs)
        else {
            throw CurveNames.failure
        }
        greetingKey = nil
        phase = .awaitingReady(key)
        return initiate(cookie: content.dropFirst(32), key: key, vouchKey: vouchKey)
    }

    /// Shows C, and ties it to C′ and S by a box that only c could have sealed for S′.
    private func initiate(
        cookie: some Collection<UInt8>,
        key: SharedKey,
        vouchKey: SharedKey
    ) -> [UInt8] {
        let vouched = transient.publicKey.bytes.array + server.bytes.array
        let vouch = vouchKey.seal(vouched, nonce: Nonce(CurveNames.vouch, long: vouchNonce))
        let content = keys.publicKey.bytes.array + vouchNonce + vouch + introduction.bytes
        var data = [UInt8](cookie)
        data.appendBigEndian(UInt64(2))
        data += key.seal(content, nonce: Nonce(CurveNames.initiate, counter: 2))
        return Command.encode("INITIATE", data: data)
    }

    private mutating func judge(
        ready data: UnsafeRawBufferPointer,
        key: SharedKey,
        version: ProtocolVersion
    ) throws(ProtocolError) -> PeerInfo {
        var reader = ByteReader(data)
        guard data.count >= CurveNames.leastReadyData, let counter = reader.counter() else {
            throw CurveNames.malformed("READY")
        }
        let nonce = Nonce(CurveNames.ready, counter: counter)
        guard let content = key.open(reader.rest(), nonce: nonce) else { throw CurveNames.failure }
        let peer = try introduction.peer(fromOpened: content, version: version)
        phase = .ready(
            CurveTraffic(
                sender: CurveSender(key, CurveNames.fromClient, lastUsed: 2),
                receiver: CurveReceiver(key, CurveNames.fromServer, lastSeen: counter)
            )
        )
        return peer
    }
}
