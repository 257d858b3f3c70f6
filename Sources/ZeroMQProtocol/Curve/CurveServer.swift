internal import ZeroMQCrypto

/// The server of CURVE: it has the client's key judged once the client has proved that it owns it.
///
///     awaiting HELLO ──WELCOME──▶ awaiting INITIATE ──ask──▶ judging ──READY──▶ ready
///
/// Between WELCOME and INITIATE it remembers nothing of the client but the key of a cookie, in
/// which the rest has been sent away: a stranger costs 32 bytes. The key is this connection's own,
/// so that an INITIATE recorded on one connection is worth nothing on another.
struct CurveServer {
    private enum Phase {
        case awaitingHello(CurveEntropy)
        case awaitingInitiate(cookieKey: SharedKey, helloCounter: UInt64)
        case judging(PeerInfo, key: SharedKey, counter: UInt64)
        case ready(CurveTraffic)
    }

    private let introduction: Introduction
    private let keys: KeyPair
    private var phase: Phase

    init(_ introduction: Introduction, keys: KeyPair, entropy: CurveEntropy) {
        self.introduction = introduction
        self.keys = keys
        phase = .awaitingHello(entropy)
    }

    var traffic: CurveTraffic? {
        if case .ready(let traffic) = phase { traffic } else { nil }
    }

    mutating func received(
        _ command: HandshakeCommand,
        version: ProtocolVersion
    ) throws(ProtocolError) -> MechanismState.Reaction {
        switch phase {
        case .awaitingHello(let entropy):
            guard let data = command.data(of: "HELLO") else { throw command.unexpected }
            return .init(send: try answer(hello: data, entropy))
        case .awaitingInitiate(let cookieKey, let helloCounter):
            guard let data = command.data(of: "INITIATE") else { throw command.unexpected }
            let credentials = try judge(
                initiate: data,
                cookieKey: cookieKey,
                after: helloCounter,
                version: version
            )
            return .init(next: .ask(credentials))
        case .judging, .ready:
            throw command.unexpected
        }
    }

    mutating func accepted() -> MechanismState.Reaction {
        guard case .judging(let peer, let key, let counter) = phase else {
            preconditionFailure("the question was asked")
        }
        phase = .ready(
            CurveTraffic(
                sender: CurveSender(key, CurveNames.fromServer, lastUsed: 1),
                receiver: CurveReceiver(key, CurveNames.fromClient, lastSeen: counter)
            )
        )
        var data: [UInt8] = []
        data.appendBigEndian(UInt64(1))
        data += key.seal(introduction.bytes, nonce: Nonce(CurveNames.ready, counter: 1))
        return .init(send: Command.encode("READY", data: data), next: .ready(peer))
    }

    // MARK: HELLO

    private mutating func answer(
        hello data: UnsafeRawBufferPointer,
        _ entropy: CurveEntropy
    ) throws(ProtocolError) -> [UInt8] {
        var reader = ByteReader(data)
        guard data.count == CurveNames.helloData,
            let version = reader.take(exactly: 2), version.elementsEqual([1, 0]),
            reader.take(exactly: 72) != nil,
            let theirs = reader.bytes32(),
            let counter = reader.counter()
        else {
            throw CurveNames.malformed("HELLO")
        }
        let nonce = Nonce(CurveNames.hello, counter: counter)
        guard let key = keys.secretKey.sharedKey(with: PublicKey(theirs)),
            let content = key.open(reader.rest(), nonce: nonce),
            content.allSatisfy({ $0 == 0 })
        else {
            throw CurveNames.failure
        }
        phase = .awaitingInitiate(cookieKey: entropy.cookieKey, helloCounter: counter)
        return welcome(key, client: theirs, entropy)
    }

    private func welcome(_ key: SharedKey, client: Bytes32, _ entropy: CurveEntropy) -> [UInt8] {
        let transient = entropy.transientKey
        var forgotten = client.array + transient.bytes.array
        defer { Wiping.wipe(&forgotten) }
        let cookieNonce = entropy.cookieNonce
        let cookie = entropy.cookieKey.seal(
            forgotten,
            nonce: Nonce(CurveNames.cookie, long: cookieNonce)
        )
        let content = transient.publicKey.bytes.array + cookieNonce + cookie
        let long = entropy.firstLongNonce
        let box = key.seal(content, nonce: Nonce(CurveNames.welcome, long: long))
        return Command.encode("WELCOME", data: long + box)
    }

    // MARK: INITIATE

    private mutating func judge(
        initiate data: UnsafeRawBufferPointer,
        cookieKey: SharedKey,
        after helloCounter: UInt64,
        version: ProtocolVersion
    ) throws(ProtocolError) -> Credentials {
        var reader = ByteReader(data)
        guard data.count >= CurveNames.leastInitiateData,
            let cookieNonce = reader.longNonce(CurveNames.cookie),
            let cookie = reader.take(exactly: 80),
            let counter = reader.counter()
        else {
            throw CurveNames.malformed("INITIATE")
        }
        guard var remembered = cookieKey.open(cookie, nonce: cookieNonce) else {
            throw CurveNames.failure
        }
        defer { Wiping.wipe(&remembered) }
        let nonce = Nonce(CurveNames.initiate, counter: counter)
        guard let client = Bytes32(remembered.prefix(32)),
            let transient = Bytes32(remembered.dropFirst(32)).map({ SecretKey($0) }),
            let key = transient.sharedKey(with: PublicKey(client)),
            let content = key.open(reader.rest(), nonce: nonce)
        else {
            throw CurveNames.failure
        }
        guard counter > helloCounter else { throw ProtocolError(.invalidSequence) }
        let (owner, metadata) = try vouched(content, client: client, transient: transient)
        let peer = try introduction.peer(fromOpened: metadata, version: version)
        phase = .judging(peer, key: key, counter: counter)
        return .curve(owner)
    }

    /// Checks that the owner of the permanent key has itself tied the transient one to us.
    private func vouched(
        _ content: [UInt8],
        client: Bytes32,
        transient: SecretKey
    ) throws(ProtocolError) -> (owner: PublicKey, metadata: ArraySlice<UInt8>) {
        let vouch = content[48..<128]
        let nonce = Nonce(CurveNames.vouch, long: [UInt8](content[32..<48]))
        guard let owner = Bytes32(content.prefix(32)).map({ PublicKey($0) }),
            let key = transient.sharedKey(with: owner),
            let vouched = key.open([UInt8](vouch), nonce: nonce),
            Bytes32(vouched.prefix(32)) == client,
            Bytes32(vouched.dropFirst(32)) == keys.publicKey.bytes
        else {
            throw CurveNames.failure
        }
        return (owner, content.dropFirst(128))
    }
}
