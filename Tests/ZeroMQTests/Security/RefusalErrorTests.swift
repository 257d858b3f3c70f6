import Testing
import ZeroMQ
import ZeroMQReactor

@Suite("Being refused as an error", .tags(.threads))
struct RefusalErrorTests {
    private static let alice = SocketSecurity.plainClient(user: "alice", password: "wrong")

    /// A server with an authenticator, and a client that wants to know when it is refused.
    private struct Rig {
        let server: RouterSocket
        let client: DealerSocket
        let endpoint: Endpoint

        init(
            _ context: Context,
            _ endpoint: String = "tcp://127.0.0.1:*",
            server security: SocketSecurity = .plainServer,
            client clientSecurity: SocketSecurity = alice,
            authenticator: Authenticator = .passwords(["alice": "right"]),
            wantsError: Bool = true
        ) throws {
            server = RouterSocket(context: context)
            server.options.security = security
            server.options.authenticator = authenticator
            server.options.authenticationDomain = "global"
            client = DealerSocket(context: context)
            client.options.security = clientSecurity
            client.options.throwsWhenRefused = wantsError
            client.options.reconnect = .backoff(from: .milliseconds(5), upTo: .milliseconds(20))
            self.endpoint = try server.bind(endpoint)
            try client.connect(self.endpoint)
        }
    }

    @Test("a receive that waits is woken and throws, under PLAIN and over ipc", arguments: wires)
    func plain(_ wire: String) throws {
        try inContext { context in
            let rig = try Rig(context, wire)
            do throws(ZeroMQError) {
                _ = try rig.client.receive(timeout: enough)
                Issue.record("something was received")
            } catch {
                #expect(error.code == .authenticationRefused)
                #expect(error.endpoint == rig.endpoint)
                #expect(error.message.contains("400"))
            }
            // From now on all calls throw at once.
            #expect(code { try rig.client.send("x") } == .authenticationRefused)
            #expect(code { _ = try rig.client.trySend("x") } == .authenticationRefused)
            #expect(code { _ = try rig.client.receive() } == .authenticationRefused)
            #expect(code { _ = try rig.client.tryReceive() } == .authenticationRefused)
            let wait = code { try rig.client.waitForPeers(atLeast: 1, timeout: enough) }
            #expect(wait == .authenticationRefused)
        }
    }

    @Test("an unknown key, under CURVE")
    func curve() throws {
        let server = try CurveKeyPair()
        let client = try CurveKeyPair()
        try inContext { context in
            let rig = try Rig(
                context,
                server: .curveServer(server),
                client: .curveClient(client, server: server.publicKey),
                authenticator: .keys([server.publicKey])
            )
            let wait = code { try rig.client.waitForPeers(atLeast: 1, timeout: enough) }
            #expect(wait == .authenticationRefused)
        }
    }

    @Test("a send that waits for room is woken, and tasks are as threads are")
    func waiting() async throws {
        try await inContext { context in
            let push = PushSocket(context: context)
            push.linger = .discard
            push.options.security = Self.alice
            push.options.throwsWhenRefused = true
            push.options.reconnect = .backoff(from: .milliseconds(5), upTo: .milliseconds(20))
            push.sendHighWaterMark = 1
            let pull = PullSocket(context: context)
            pull.options.security = .plainServer
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            try pull.unbind(endpoint)
            try push.connect(endpoint)
            while try push.trySend("fills the queue") {}
            let worker = try Worker { code { try push.put("has to wait") } }
            async let suspended = code { try await push.send("as well", timeout: enough) }
            async let flushed = code { try await push.flush(timeout: enough) }
            try pull.bind(endpoint)
            #expect(await suspended == .authenticationRefused)
            #expect(await flushed == .authenticationRefused)
            #expect(try worker.value() == .authenticationRefused)
        }
    }

    @Test("a request, a subscriber and one who waits for subscribers learn it")
    func patterns() async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            server.options.security = .plainServer
            let publisherServer = XPublisherSocket(context: context)
            publisherServer.options.security = .plainServer
            let sink = SubscriberSocket(context: context)
            sink.options.security = .plainServer
            func prepare(_ socket: some Socket, _ endpoint: Endpoint) throws {
                socket.linger = .discard
                socket.options.security = Self.alice
                socket.options.throwsWhenRefused = true
                try socket.connect(endpoint)
            }
            let request = RequestSocket(context: context)
            try prepare(request, server.bind("tcp://127.0.0.1:*"))
            let answer = await code { _ = try await request.request("who is there?") }
            #expect(answer == .authenticationRefused)
            let subscriber = SubscriberSocket(context: context)
            try prepare(subscriber, publisherServer.bind("tcp://127.0.0.1:*"))
            try subscriber.subscribe("")
            #expect(await code { _ = try await subscriber.receive() } == .authenticationRefused)
            let publisher = PublisherSocket(context: context)
            try prepare(publisher, sink.bind("tcp://127.0.0.1:*"))
            let wait = code {
                try publisher.waitForSubscribers(atLeast: 1, to: "", timeout: enough)
            }
            #expect(wait == .authenticationRefused)
        }
    }

    @Test("once the server lets it in, or the endpoint is given up, calls work again")
    func recovery() throws {
        try inContext { context in
            let isOpen = Locked(false)
            let rule = Authenticator { _ in
                isOpen.withLock { $0 } ? .accept() : .refuse(reason: "not yet")
            }
            let rig = try Rig(context, authenticator: rule)
            let isRefused = code { _ = try rig.client.next() }
            #expect(isRefused == .authenticationRefused)
            isOpen.withLock { $0 = true }
            _ = rig.client.events.first { event in
                if case .handshakeSucceeded = event { true } else { false }
            }
            try rig.client.put("hello")
            #expect(try rig.server.next()[1] == "hello")
            try rig.client.disconnect(rig.endpoint)
            let other = try Rig(context)
            #expect(code { _ = try other.client.next() } == .authenticationRefused)
            try other.client.disconnect(other.endpoint)
            #expect(try other.client.tryReceive() == nil)
            #expect(try !other.client.trySend("nobody there"))
        }
    }

    @Test("what another server sends is received before the error is thrown")
    func others() throws {
        try inContext { context in
            let rig = try Rig(context)
            #expect(code { _ = try rig.client.next() } == .authenticationRefused)
            let friend = DealerSocket(context: context)
            friend.options.security = .plainServer
            friend.options.authenticator = .passwords(["alice": "wrong"])
            try rig.client.connect(friend.bind("tcp://127.0.0.1:*"))
            try friend.put("hello")
            try friend.waitForPeers(atLeast: 1, timeout: enough)
            try friend.flush(timeout: enough)
            while true {
                do throws(ZeroMQError) {
                    #expect(try rig.client.receive() == "hello")
                    break
                } catch {
                    #expect(error.code == .authenticationRefused)
                }
            }
        }
    }

    @Test("ZAP: 400 and 500 are errors, 300 is not", arguments: ["300", "400", "500"])
    func statuses(_ status: String) throws {
        try inContext { context in
            let decision: AuthenticationDecision =
                switch status {
                case "300": .retryLater
                case "400": .refuse(reason: "")
                default: .fail(reason: "")
                }
            let handler = try ZAPHandler(
                context: context,
                rules: ["global": Authenticator { _ in decision }]
            )
            let rig = try Rig(context, authenticator: .zap)
            if status == "300" {
                // Refused twice, and still without an error.
                for _ in 0..<2 {
                    _ = rig.client.events.first { event in
                        if case .handshakeFailed = event { true } else { false }
                    }
                }
                #expect(try rig.client.tryReceive() == nil)
            } else {
                do throws(ZeroMQError) {
                    _ = try rig.client.receive(timeout: enough)
                } catch {
                    #expect(error.code == .authenticationRefused)
                    #expect(error.message.contains(status))
                }
            }
            handler.close()
        }
    }

    @Test("without the option calls wait, and a lost or silent server is no refusal")
    func notAsked() throws {
        try inContext { context in
            let rig = try Rig(context, wantsError: false)
            _ = rig.client.events.first { event in
                if case .handshakeFailed = event { true } else { false }
            }
            #expect(code { _ = try rig.client.receive(timeout: .milliseconds(20)) } == .timedOut)
            // A server whose key is not the one expected says nothing that could be believed.
            let (keys, wrong) = (try CurveKeyPair(), try CurveKeyPair())
            let curve = try Rig(
                context,
                server: .curveServer(keys),
                client: .curveClient(keys, server: wrong.publicKey),
                authenticator: .anyoneHoldingTheServersPublicKey
            )
            _ = curve.client.events.first { event in
                if case .handshakeFailed = event { true } else { false }
            }
            #expect(try curve.client.tryReceive() == nil)
        }
    }
}
