import LibZMQ
import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Heartbeats and options with libzmq", .serialized)
struct HeartbeatInteropTests {
    static let enough = Duration.seconds(10)

    @Test("libzmq answers our PINGs and we answer its", arguments: [true, false])
    func together(weProbe: Bool) throws {
        let library = try LibZMQ.load()
        let theirContext = try library.makeContext()
        let theirs = try theirContext.socket(.dealer)
        let context = Context()
        defer {
            theirs.close()
            try? theirContext.terminate()
            context.shutDown()
        }
        try theirs.set(.linger, 0)
        let ours = DealerSocket(context: context)
        if weProbe {
            ours.options.heartbeat = Heartbeat(
                interval: .milliseconds(10),
                timeout: .milliseconds(1500),
                timeToLive: .milliseconds(1500)
            )
        } else {
            try theirs.set(.heartbeatInterval, 10)
            try theirs.set(.heartbeatTimeout, 1500)
            try theirs.set(.heartbeatTimeToLive, 1500)
        }
        try theirs.connect("\(ours.bind("tcp://127.0.0.1:*"))")
        try ours.waitForPeers(atLeast: 1, timeout: Self.enough)
        // Thirty PINGs and PONGs have passed once so many bytes have come.
        let deadline = ContinuousClock.now + Self.enough
        while ours.statistics.bytesReceived < 30 * 7, ContinuousClock.now < deadline {
            _ = try theirs.receive(timeout: .milliseconds(10))
        }
        #expect(ours.statistics.bytesReceived >= 30 * 7)
        #expect(ours.peerCount == 1)
        try theirs.send("still here")
        #expect(try ours.receive(timeout: Self.enough) == "still here")
        let lost = { (event: SocketEvent) in if case .disconnected = event { true } else { false } }
        var events: [SocketEvent] = []
        while let event = ours.events.tryNext() { events.append(event) }
        #expect(!events.contains(where: lost))
    }

    @Test("libzmq gives us up when we are silent for the time to live that we named")
    func timeToLive() throws {
        let library = try LibZMQ.load()
        let theirContext = try library.makeContext()
        let theirs = try theirContext.socket(.dealer)
        defer {
            theirs.close()
            try? theirContext.terminate()
        }
        try theirs.set(.linger, 0)
        // A peer in our hands sends one PING of ours, byte for byte, and then nothing.
        let endpoint = try theirs.bind("tcp://127.0.0.1:*")
        let peer = try RawPeer(connectingTo: endpoint)
        try peer.shakeHands(as: "DEALER")
        #expect(peer.send(Wire.ping(timeToLive: 1)))
        #expect(peer.waitForClose())
    }

    @Test("a libzmq that keeps the latest only and one of ours", arguments: [true, false])
    func conflating(weConflate: Bool) throws {
        let library = try LibZMQ.load()
        let theirContext = try library.makeContext()
        let theirs = try theirContext.socket(weConflate ? .push : .pull)
        let context = Context()
        defer {
            theirs.close()
            try? theirContext.terminate()
            context.shutDown()
        }
        try theirs.set(.linger, 0)
        if weConflate {
            let pull = PullSocket(context: context)
            pull.options.keepsOnlyLatest = true
            try theirs.connect("\(pull.bind("tcp://127.0.0.1:*"))")
            for number in 0..<500 { try theirs.send("\(number)") }
            while try pull.receive(timeout: Self.enough) != "499" {}
        } else {
            try theirs.set(.conflate, 1)
            let push = PushSocket(context: context)
            push.options.keepsOnlyLatest = true
            try push.connect(theirs.bind("tcp://127.0.0.1:*"))
            for number in 0..<500 { try push.send("\(number)", timeout: Self.enough) }
            while let message = try theirs.receive(timeout: Self.enough) {
                if message == [Array("499".utf8)] { return }
            }
            Issue.record("the newest message did not arrive")
        }
    }

    @Test("libzmq reads what our sockets send by themselves")
    func hello() throws {
        let library = try LibZMQ.load()
        let theirContext = try library.makeContext()
        let router = try theirContext.socket(.router)
        let subscriber = try theirContext.socket(.subscriber)
        let context = Context()
        defer {
            router.close()
            subscriber.close()
            try? theirContext.terminate()
            context.shutDown()
        }
        let dealer = DealerSocket(context: context)
        dealer.options.routingID = "me"
        dealer.options.helloMessage = ["hello", "there"]
        try dealer.connect(router.bind("tcp://127.0.0.1:*"))
        let expected = ["me", "hello", "there"].map { Array($0.utf8) }
        #expect(try router.receive(timeout: Self.enough) == expected)
        let publisher = PublisherSocket(context: context)
        publisher.welcomeMessage = "welcome"
        try subscriber.set(.subscribe, "")
        try subscriber.connect("\(publisher.bind("tcp://127.0.0.1:*"))")
        #expect(try subscriber.receive(timeout: Self.enough) == [Array("welcome".utf8)])
        let request = try theirContext.socket(.request)
        defer { request.close() }
        try request.set(.linger, 0)
        let reply = RouterSocket(context: context)
        try request.connect("\(reply.bind("tcp://127.0.0.1:*"))")
        try request.send("ask")
        try reply.send(reply.receive(timeout: Self.enough))
        #expect(try request.receive(timeout: Self.enough) == [Array("ask".utf8)])
    }

    @Test("our requests in one call are answered by libzmq's REP")
    func request() async throws {
        let library = try LibZMQ.load()
        let theirContext = try library.makeContext()
        let theirs = try theirContext.socket(.reply)
        let context = Context()
        let client = RequestSocket(context: context)
        try client.connect(theirs.bind("tcp://127.0.0.1:*"))
        for number in 0..<20 {
            let asking = Task {
                try await client.request(Message("\(number)"), timeout: Self.enough)
            }
            let question = try #require(try theirs.receive(timeout: Self.enough))
            try theirs.send(question)
            #expect(try await asking.value == Message("\(number)"))
        }
        theirs.close()
        try theirContext.terminate()
        await context.shutDown()
    }
}
