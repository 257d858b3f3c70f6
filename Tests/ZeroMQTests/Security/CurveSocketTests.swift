import Testing
import ZeroMQ

@Suite("CURVE between sockets", .tags(.threads))
struct CurveSocketTests {
    let server: CurveKeyPair
    let client: CurveKeyPair

    init() throws {
        server = try CurveKeyPair()
        client = try CurveKeyPair()
    }

    private func rig(
        _ context: Context,
        at endpoint: String = "tcp://127.0.0.1:*",
        server expected: CurvePublicKey? = nil,
        by authenticator: Authenticator?
    ) throws -> SecurityRig {
        try SecurityRig(
            context,
            endpoint,
            server: .curveServer(server),
            client: .curveClient(client, server: expected ?? server.publicKey),
            authenticator: authenticator
        )
    }

    // Unoptimised cryptography does about a megabyte in a second.
    #if DEBUG
    private static let longest = [300_000]
    private static let many = 300
    #else
    private static let longest = [300_000, 1 << 20, 20 << 20]
    private static let many = 20_000
    #endif

    @Test("messages of every size go both ways, in order and whole", arguments: wires)
    func sizes(endpoint: String) throws {
        try inContext { context in
            let rig = try rig(context, at: endpoint, by: .keys([client.publicKey]))
            for count in [0, 1, 30, 31, 222, 223, 255, 256, 4095, 32_767, 32_768, 65_536] {
                try rig.talk(count)
            }
            for count in Self.longest { try rig.talk(count) }
        }
    }

    @Test("many messages of many parts and sizes keep their order", arguments: wires)
    func many(endpoint: String) throws {
        try inContext { context in
            let rig = try rig(context, at: endpoint, by: .keys([client.publicKey]))
            let count = Self.many
            let sender = try Worker { [client = rig.client] in
                var random = SeededGenerator(seed: 1)
                for number in 0..<count { try client.put(Self.message(number, &random)) }
            }
            var random = SeededGenerator(seed: 1)
            for number in 0..<count {
                let expected = Self.message(number, &random)
                let received = try rig.server.next()
                let isEqual = Array(received.dropFirst()) == Array(expected)
                #expect(isEqual, "message \(number)")
                guard isEqual else { return }
            }
            try sender.value()
        }
    }

    private static func message(_ number: Int, _ random: inout SeededGenerator) -> Message {
        let parts = Int.random(in: 1...4, using: &random)
        return Message(
            frames: (0..<parts).map { _ in
                let isLong = Int.random(in: 0..<50, using: &random) == 0
                let count = Int.random(in: 0...(isLong ? 200_000 : 300), using: &random)
                return Frame([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count))
            }
        )
    }

    @Test("the server learns who its client is")
    func metadata() throws {
        try inContext { context in
            let rig = try rig(context, by: .keys([client.publicKey: "alice"]))
            let metadata = try rig.talk()
            #expect(metadata?.userID == "alice")
            #expect(metadata?.publicKey == client.publicKey)
            #expect(metadata?.socketType == "DEALER")
            #expect(metadata?.routingID == "me")
        }
    }

    @Test("an unknown key is refused, and both sides say so")
    func unknownKey() throws {
        try inContext { context in
            let rig = try rig(context, by: .keys([server.publicKey]))
            #expect(rig.refusalAtServer() == .authenticationRefused(code: "400"))
            #expect(rig.refusalAtClient() == .authenticationRefused(code: "400"))
            #expect(rig.server.peerCount == 0)
        }
    }

    @Test("without an authenticator nobody is let in; with the one that says so, everybody")
    func failClosed() throws {
        try inContext { context in
            let closed = try rig(context, by: nil)
            #expect(closed.refusalAtServer() == .authenticationRefused(code: "400"))
            let open = try rig(context, by: .anyoneHoldingTheServersPublicKey)
            try open.talk()
        }
    }

    @Test("a client that looks for another server finds out that this is not it")
    func wrongServer() throws {
        try inContext { context in
            let rig = try rig(context, server: client.publicKey, by: .keys([client.publicKey]))
            #expect(rig.refusalAtServer() == .cryptographic)
            #expect(rig.refusalAtClient() == .closedByPeer)
        }
    }

    @Test("a peer without security, or with PLAIN, is refused by its mechanism")
    func mechanisms() throws {
        try inContext { context in
            for security in [SocketSecurity.none, .plainClient(user: "a", password: "b")] {
                let rig = try SecurityRig(
                    context,
                    server: .curveServer(server),
                    client: security,
                    authenticator: .anyoneHoldingTheServersPublicKey
                )
                guard case .mechanismMismatch(let ours, _) = rig.refusalAtServer() else {
                    Issue.record("the server let it pass")
                    continue
                }
                #expect(ours == "CURVE")
            }
        }
    }

    @Test("subscriptions travel encrypted, and a server that comes back is found again")
    func publish() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.options.security = .curveServer(server)
            publisher.options.authenticator = .keys([client.publicKey])
            var endpoint = try publisher.bind("tcp://127.0.0.1:*")
            let subscriber = SubscriberSocket(context: context)
            subscriber.options.security = .curveClient(client, server: server.publicKey)
            subscriber.options.reconnect = .backoff(
                from: .milliseconds(10),
                upTo: .milliseconds(50)
            )
            try subscriber.connect(endpoint)
            try subscriber.subscribe("news")
            for _ in 0..<2 {
                #expect(try publisher.next() == Message([1] + Array("news".utf8)))
                for number in 0..<100 {
                    try publisher.put(["sport", "no"])
                    try publisher.put(["news", Frame("\(number)")])
                }
                for number in 0..<100 {
                    #expect(try subscriber.next() == ["news", Frame("\(number)")])
                }
                try publisher.unbind(endpoint)
                #expect(try publisher.next() == Message([0] + Array("news".utf8)))
                endpoint = try publisher.bind(endpoint)
            }
        }
    }

    @Test("a receiver that does not read holds its sender back, and loses nothing")
    func backPressure() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            pull.options.security = .curveServer(server)
            pull.options.authenticator = .keys([client.publicKey])
            pull.receiveHighWaterMark = 10
            push.sendHighWaterMark = 10
            push.options.security = .curveClient(client, server: server.publicKey)
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            var sent = 0
            let body = [UInt8](repeating: 1, count: 40_000)
            while code({ try push.send(Message(body), timeout: .milliseconds(200)) }) == nil {
                sent += 1
                try #require(sent < 10_000)
            }
            for _ in 0..<sent { #expect(try pull.next()[0].count == 40_000) }
            #expect(try pull.tryReceive() == nil)
            try push.put("after")
            #expect(try pull.next() == "after")
        }
    }

    @Test("limits hold for what is inside the boxes")
    func limits() throws {
        try inContext { context in
            let rig = RouterSocket(context: context)
            rig.options.security = .curveServer(server)
            rig.options.authenticator = .anyoneHoldingTheServersPublicKey
            rig.options.maximumFrameSize = .count(100_000)
            let dealer = DealerSocket(context: context)
            dealer.options.security = .curveClient(client, server: server.publicKey)
            try dealer.connect(rig.bind("tcp://127.0.0.1:*"))
            try dealer.put(Message([UInt8](repeating: 0, count: 100_000)))
            #expect(try rig.next()[1].count == 100_000)
            try dealer.put(Message([UInt8](repeating: 0, count: 100_001)))
            let end = rig.events.first { event in
                if case .disconnected = event { true } else { false }
            }
            guard case .disconnected(_, _, let reason) = end else {
                Issue.record("the connection was kept")
                return
            }
            #expect(reason == .limitExceeded("bytes in a frame"))
        }
    }
}
