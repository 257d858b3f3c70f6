import LibZMQ
import Testing
import ZeroMQ
import ZeroMQProtocol

/// PLAIN and CURVE with libzmq, in both roles and over both transports.
@Suite("Secure conversations with libzmq", .serialized)
struct SecurityConversationTests {
    enum Mechanism: String, Sendable, CaseIterable {
        case plain
        case curve
    }

    /// One way of talking: who is the server, and who binds.
    struct Setting: Sendable, CustomTestStringConvertible {
        let mechanism: Mechanism
        let weServe: Bool
        let weBind: Bool
        let transport: String

        var testDescription: String {
            "\(mechanism.rawValue), we \(weServe ? "serve" : "are served")"
                + ", we \(weBind ? "bind" : "connect"), \(transport)"
        }

        static let all = Mechanism.allCases.flatMap { mechanism in
            [true, false].flatMap { weServe in
                [true, false].flatMap { weBind in
                    ["tcp", "ipc"].map {
                        Setting(
                            mechanism: mechanism,
                            weServe: weServe,
                            weBind: weBind,
                            transport: $0
                        )
                    }
                }
            }
        }
    }

    private static let user = "admin"
    private static let password = "secret"
    private let server: CurveKeyPair
    private let client: CurveKeyPair

    init() throws {
        server = try CurveKeyPair()
        client = try CurveKeyPair()
    }

    private func secure(_ we: OurSpeaker, _ setting: Setting, password: String = Self.password) {
        we.socket.options.handshakeTimeout = .seconds(10)
        switch (setting.mechanism, setting.weServe) {
        case (.plain, true):
            we.socket.options.security = .plainServer
            we.socket.options.authenticator = .passwords([Self.user: Self.password])
        case (.plain, false):
            we.socket.options.security = .plainClient(user: Self.user, password: password)
        case (.curve, true):
            we.socket.options.security = .curveServer(server)
            we.socket.options.authenticator = .keys([client.publicKey: "them"])
        case (.curve, false):
            we.socket.options.security = .curveClient(client, server: server.publicKey)
        }
    }

    private func secure(
        _ they: TheirSpeaker,
        _ setting: Setting,
        password: String = Self.password
    ) throws {
        switch (setting.mechanism, setting.weServe) {
        case (.plain, true):
            try they.socket.set(.plainUsername, Self.user)
            try they.socket.set(.plainPassword, password)
        case (.plain, false):
            try they.socket.set(.plainServer, 1)
        case (.curve, true):
            try they.socket.set(.curveServerKey, bytes: server.publicKey.bytes)
            try they.socket.set(.curvePublicKey, bytes: client.publicKey.bytes)
            try they.socket.set(.curveSecretKey, client.secretKey.z85)
        case (.curve, false):
            try they.socket.set(.curveServer, 1)
            try they.socket.set(.curveSecretKey, server.secretKey.z85)
        }
    }

    private static let expected = (Array(user.utf8), Array(password.utf8))

    /// Runs a test with a context of libzmq's in which somebody guards the door.
    private func withTheirContext(_ body: (LibZMQ.Context) throws -> Void) throws {
        let context = try LibZMQ.load().makeContext()
        let key = client.publicKey.bytes
        let doorman = try TheirDoorman(context) { mechanism, shown in
            switch mechanism {
            case "PLAIN": shown == [Self.expected.0, Self.expected.1] ? "200" : "400"
            case "CURVE": shown == [key] ? "200" : "400"
            default: "500"
            }
        }
        defer {
            try? context.shutDown()
            doorman.wait()
            try? context.terminate()
        }
        try body(context)
    }

    private func join(_ we: OurSpeaker, _ they: TheirSpeaker, _ setting: Setting) throws {
        let wildcard = setting.transport == "tcp" ? "tcp://127.0.0.1:*" : "ipc://*"
        if setting.weBind {
            try they.connect(we.bind(wildcard))
        } else {
            try we.connect(they.bind(wildcard))
        }
    }

    @Test("messages of every size arrive byte for byte", arguments: Setting.all)
    func sizes(_ setting: Setting) throws {
        try withTheirContext { context in
            let we = try OurSpeaker(.dealer, id: Array("ours".utf8))
            let they = try TheirSpeaker(.dealer, id: Array("theirs".utf8), in: context)
            defer {
                they.socket.close()
                we.close()
            }
            secure(we, setting)
            try secure(they, setting)
            try join(we, they, setting)
            for count in [0, 1, 222, 223, 255, 256, 8191, 8192, 32_767, 32_768, 65_536, 150_000] {
                let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
                let message = [body, [], Array(body.reversed())]
                try we.send(message)
                let there = try they.receive(timeout: .seconds(20)) == message
                #expect(there, "\(count) bytes from us")
                try they.send(message)
                let back = try we.receive(timeout: .seconds(20)) == message
                #expect(back, "\(count) bytes from them")
                guard there, back else { return }
            }
        }
    }

    /// Every mechanism, role and transport; over tcp the server binds, over ipc the client.
    private static let ways = Setting.all.filter {
        ($0.weServe == $0.weBind) == ($0.transport == "tcp")
    }

    @Test("every pair of socket types talks", arguments: Pairing.all, ways)
    private func pairs(_ pairing: Pairing, _ setting: Setting) throws {
        try withTheirContext { context in
            let (ourID, theirID) = (Array("ours".utf8), Array("theirs".utf8))
            let we = try OurSpeaker(pairing.ours, id: ourID)
            let they = try TheirSpeaker(pairing.theirs, id: theirID, in: context)
            defer {
                they.socket.close()
                we.close()
            }
            secure(we, setting)
            try secure(they, setting)
            try join(we, they, setting)
            try we.socket.waitForPeers(atLeast: 1, timeout: .seconds(20))
            if pairing.theirs == .xSubscriber { try they.subscribeIfNeeded() }
            let begin: any Speaker = pairing.weBegin ? we : they
            let (first, second): (any Speaker, any Speaker) =
                begin === we ? (we, they) : (they, we)
            let isOneWay = !(pairing.weSend && pairing.theySend)
            try pass(
                from: first,
                to: second,
                firstID: begin === we ? ourID : theirID,
                secondID: begin === we ? theirID : ourID
            )
            guard !isOneWay else { return }
            try pass(
                from: second,
                to: first,
                firstID: begin === we ? theirID : ourID,
                secondID: begin === we ? ourID : theirID
            )
        }
    }

    /// Sends until it is heard: what a publisher says before it is subscribed to is lost.
    private func pass(
        from sender: any Speaker,
        to receiver: any Speaker,
        firstID: [UInt8],
        secondID: [UInt8]
    ) throws {
        let isPublish = [.publisher, .xPublisher].contains(sender.kind)
        let message: [[UInt8]] = [[0xff, 1, 2, 3], Array(repeating: 9, count: 500)]
        let prefix = Pairing.sendPrefix(from: sender.kind, to: receiver.kind, named: secondID)
        let expected =
            Pairing.receivePrefix(at: receiver.kind, from: sender.kind, named: firstID) + message
        let deadline = ContinuousClock.now + .seconds(20)
        repeat {
            try sender.send(prefix + message)
            let patience = isPublish ? Duration.milliseconds(20) : .seconds(20)
            if let heard = try receiver.receive(timeout: patience) {
                return #expect(heard == expected)
            }
        } while isPublish && ContinuousClock.now < deadline
        Issue.record("nothing was heard")
    }

    @Test("wrong credentials let nobody in", arguments: Setting.all.filter { $0.weBind })
    func refusals(_ setting: Setting) throws {
        try withTheirContext { context in
            let we = try OurSpeaker(.dealer, id: [])
            let they = try TheirSpeaker(.dealer, id: [1], in: context)
            defer {
                they.socket.close()
                we.close()
            }
            secure(we, setting, password: "wrong")
            try secure(they, setting, password: "wrong")
            if setting.mechanism == .curve {
                // A stranger, to whichever side is the server.
                let stranger = try CurveKeyPair()
                if setting.weServe {
                    try they.socket.set(.curvePublicKey, bytes: stranger.publicKey.bytes)
                    try they.socket.set(.curveSecretKey, stranger.secretKey.z85)
                } else {
                    we.socket.options.security = .curveClient(stranger, server: server.publicKey)
                }
            }
            try join(we, they, setting)
            #expect(try refusal(we) == .authenticationRefused(code: "400"))
            #expect(we.socket.peerCount == 0)
        }
    }

    @Test(
        "a client that knows another server key fails at the first box",
        arguments: [true, false],
        ["tcp", "ipc"]
    )
    func wrongServerKey(weServe: Bool, transport: String) throws {
        try withTheirContext { context in
            let we = try OurSpeaker(.dealer, id: [])
            let they = try TheirSpeaker(.dealer, id: [1], in: context)
            defer {
                they.socket.close()
                we.close()
            }
            let setting = Setting(
                mechanism: .curve,
                weServe: weServe,
                weBind: true,
                transport: transport
            )
            secure(we, setting)
            try secure(they, setting)
            if weServe {
                try they.socket.set(.curveServerKey, bytes: client.publicKey.bytes)
            } else {
                we.socket.options.security = .curveClient(client, server: client.publicKey)
            }
            try join(we, they, setting)
            #expect(try refusal(we) == (weServe ? .cryptographic : .closedByPeer))
        }
    }

    /// The reason of the first handshake that failed here.
    private func refusal(_ we: OurSpeaker) throws -> DisconnectReason {
        while let event = we.socket.events.next(timeout: .seconds(20)) {
            if case .handshakeFailed(_, _, let reason) = event { return reason }
        }
        throw ZeroMQTestFailure()
    }

    private struct ZeroMQTestFailure: Error {}
}
