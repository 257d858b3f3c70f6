import Foundation
import Testing
import ZeroMQ
import ZeroMQReactor

@Suite("ZAP", .tags(.threads))
struct ZAPTests {
    private func rig(
        _ context: Context,
        domain: String = "global",
        handshakeTimeout: Duration = .seconds(5)
    ) throws -> SecurityRig {
        try SecurityRig(
            context,
            server: .plainServer,
            client: .plainClient(user: "alice", password: "secret"),
            authenticator: .zap,
            domain: domain,
            handshakeTimeout: handshakeTimeout
        )
    }

    @Test("the ready handler judges by domain")
    func handler() throws {
        try inContext { context in
            let handler = try ZAPHandler(
                context: context,
                rules: [
                    "global": .passwords(["alice": "secret"]),
                    "closed": .passwords([:]),
                    "async": Authenticator(suspending: { _ in
                        .accept(userID: "later", properties: ["X-Level": [0x37]])
                    }),
                ]
            )
            #expect(try rig(context).talk()?.userID == "alice")
            let later = try rig(context, domain: "async").talk()
            #expect(later?.userID == "later")
            #expect(later?["X-Level"] == "7")
            for domain in ["closed", "unknown"] {
                let refusal = try rig(context, domain: domain).refusalAtServer()
                #expect(refusal == .authenticationRefused(code: "400"))
            }
            #expect(code { _ = try ZAPHandler(context: context) } == .addressInUse)
            handler.close()
        }
    }

    /// Properties of which one cannot be carried, or that are too many.
    static let uncarried: [[String: [UInt8]]] = [
        ["": [1]], [String(repeating: "n", count: 256): [1], "ok": []],
        [String(repeating: "é", count: 128): []],
        Dictionary(uniqueKeysWithValues: (0..<65).map { ("X-\($0)", []) }),
    ]

    @Test("properties that ZAP cannot carry keep their owner out, and end nothing else")
    func uncarriedProperties() throws {
        let longest = String(repeating: "n", count: 255)
        var rules: [String: Authenticator] = ["fits": .accepting([longest: [0x37], "empty": []])]
        for (index, properties) in Self.uncarried.enumerated() {
            rules["\(index)"] = .accepting(properties)
        }
        try inContext { context in
            let handler = try ZAPHandler(context: context, rules: rules)
            for index in Self.uncarried.indices {
                let refusal = try rig(context, domain: "\(index)").refusalAtServer()
                #expect(refusal == .authenticationRefused(code: "500"))
            }
            let metadata = try rig(context, domain: "fits").talk()
            #expect(metadata?[longest] == "7" && metadata?["empty"] == "")
            handler.close()
        }
    }

    @Test("a certificate with a note that ZAP cannot carry keeps its owner out")
    func longNote() throws {
        let path = NSTemporaryDirectory() + "notes-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (server, client) = (try CurveKeyPair(), try CurveKeyPair())
        for (count, isCarried) in [(255, true), (256, false)] {
            let certificate = CurveCertificate(
                publicKey: client.publicKey,
                metadata: [String(repeating: "n", count: count): "note", "name": "Alice"]
            )
            let file = path + "/alice.txt"
            try certificate.text().write(toFile: file, atomically: true, encoding: .utf8)
            try inContext { context in
                let handler = try ZAPHandler(
                    context: context,
                    otherwise: .certificates(inDirectory: path)
                )
                let rig = try SecurityRig(
                    context,
                    server: .curveServer(server),
                    client: .curveClient(client, server: server.publicKey),
                    authenticator: .zap,
                    domain: "global"
                )
                if isCarried {
                    #expect(try rig.talk()?.userID == "Alice")
                } else {
                    #expect(rig.refusalAtServer() == .authenticationRefused(code: "500"))
                }
                handler.close()
            }
        }
    }

    /// A handler of somebody's own: it answers one question, and stays until it is let go.
    private struct Handler {
        let socket: ReplySocket
        let worker: Worker<Message>

        init(_ context: Context, answer: @escaping @Sendable (Message) -> Message) throws {
            let socket = ReplySocket(context: context)
            try socket.bind("inproc://zeromq.zap.01")
            self.socket = socket
            worker = try Worker {
                let question = try socket.next()
                try socket.put(answer(question))
                return question
            }
        }

        /// What it was asked.
        func finish() throws -> Message {
            defer { socket.close() }
            return try worker.value()
        }
    }

    @Test("a handler of somebody's own sees the frames of RFC 27")
    func question() throws {
        try inContext { context in
            let handler = try Handler(context) { question in
                [question[0], question[1], "200", "OK", "joe", Frame()]
            }
            let rig = try rig(context)
            #expect(try rig.talk()?.userID == "joe")
            let question = try handler.finish()
            let frames = question.map { String($0) }
            #expect(
                frames == ["1.0", "1", "global", "127.0.0.1", "", "PLAIN", "alice", "secret"]
            )
        }
    }

    @Test(
        "answers that break the rules let nobody in",
        arguments: [
            (["2.0", "1", "200", "", "", ""], "its version is 2.0"),
            (["1.0", "2", "200", "", "", ""], "its request id is 2, and not the question's"),
            (["1.0", "1", "201", "", "", ""], "its status is 201"),
            (["1.0", "1", "a\n", "", "", ""], "its status is a\\x0a"),
            (["1.0", "1", "200"], "it has 3 parts, and not 6"),
            (["1.0", "1", "200", "", "", "", ""], "it has 7 parts, and not 6"),
            (["1.0", "1", "200", "", "", "x"], "its metadata is no property list"),
            (
                ["1.0", "1", "200", "", "", "\u{1}a\0\0\0\u{9}"],
                "its metadata is no property list"
            ),
        ]
    )
    func nonsense(_ frames: [String], cause: String) throws {
        try inContext { context in
            let handler = try Handler(context) { _ in Message(frames: frames.map { Frame($0) }) }
            let rig = try rig(context)
            let event = rig.server.events.first { event in
                if case .authenticatorFailed = event { true } else { false }
            }
            guard case .authenticatorFailed(_, _, let reason) = event else { return }
            #expect(reason.hasSuffix(cause), "\(reason)")
            #expect(rig.refusalAtServer() == .authenticationRefused(code: "500"))
            #expect(rig.server.peerCount == 0)
            rig.client.close()
            _ = try handler.finish()
        }
    }

    @Test("the statuses of a handler are handed on", arguments: ["300", "400", "500"])
    func statuses(_ status: String) throws {
        try inContext { context in
            let handler = try Handler(context) { _ in
                ["1.0", "1", Frame(status), "text", Frame(), Frame()]
            }
            let rig = try rig(context)
            #expect(rig.refusalAtServer() == .authenticationRefused(code: status))
            rig.client.close()
            _ = try handler.finish()
        }
    }

    @Test("a handler that dies or never answers is given up when the time is up")
    func silence() throws {
        try inContext { context in
            let reply = ReplySocket(context: context)
            try reply.bind("inproc://zeromq.zap.01")
            let server = RouterSocket(context: context)
            server.options.security = .plainServer
            server.options.authenticator = .zap
            server.options.handshakeTimeout = .milliseconds(500)
            let dealer = DealerSocket(context: context)
            dealer.options.security = .plainClient(user: "a", password: "b")
            try dealer.connect(server.bind("tcp://127.0.0.1:*"))
            _ = try reply.next()
            let event = server.events.first { event in
                if case .handshakeFailed = event { true } else { false }
            }
            guard case .handshakeFailed(_, _, let reason) = event else {
                Issue.record("nothing failed")
                return
            }
            #expect(
                reason == .handshakeTimeout || reason == .authenticationRefused(code: "500")
            )
        }
    }

    @Test("a handler that closes its socket on a question lets nobody in, and the next one does")
    func death() throws {
        try inContext { context in
            let dying = ReplySocket(context: context)
            try dying.bind("inproc://zeromq.zap.01")
            let rig = try self.rig(context, handshakeTimeout: .milliseconds(500))
            _ = try dying.next()
            dying.close()
            let refusal = rig.refusalAtServer()
            #expect(
                refusal == .handshakeTimeout || refusal == .authenticationRefused(code: "500")
            )
            #expect(rig.server.peerCount == 0)
            // Nobody is there to be asked.
            let refused = DealerSocket(context: context)
            refused.options.security = .plainClient(user: "alice", password: "secret")
            try refused.connect(rig.endpoint)
            while rig.refusalAtServer() != .authenticationRefused(code: "500") {}
            #expect(rig.server.peerCount == 0)
            rig.client.close()
            refused.close()
            let handler = try ZAPHandler(
                context: context,
                otherwise: .passwords(["alice": "secret"])
            )
            let welcome = DealerSocket(context: context)
            welcome.options.security = .plainClient(user: "alice", password: "secret")
            try welcome.connect(rig.endpoint)
            try welcome.put("hello")
            let message = try rig.server.next()
            #expect(message[1] == "hello" && message.metadata?.userID == "alice")
            handler.close()
        }
    }

    @Test("the end of a context does not wait for a handler that keeps silent")
    func endOfContext() throws {
        let context = Context()
        let silent = ReplySocket(context: context)
        try silent.bind("inproc://zeromq.zap.01")
        let rig = try self.rig(context, handshakeTimeout: .seconds(120))
        _ = try silent.next()
        let waiting = try Worker { try rig.server.receive() }
        let start = ContinuousClock.now
        context.shutDown()
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(throws: ZeroMQError.self) { try waiting.value() }
        #expect(code { _ = try silent.receive() } == .contextShutDown)
    }
}

extension Authenticator {
    /// Lets everybody in, with these properties.
    fileprivate static func accepting(_ properties: [String: [UInt8]]) -> Authenticator {
        Authenticator { _ in .accept(userID: "somebody", properties: properties) }
    }
}
