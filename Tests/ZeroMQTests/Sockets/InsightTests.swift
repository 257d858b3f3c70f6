import Testing
import ZeroMQ

@Suite("Statistics, metadata and events", .serialized)
struct InsightTests {
    @Test("statistics count what passes, what waits and what was dropped", arguments: transports)
    func statistics(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            #expect(push.statistics == SocketStatistics())
            try push.connect(pull.bind(endpoint))
            for _ in 0..<10 { try push.put("twelve bytes") }
            _ = try pull.next(4)
            #expect(push.statistics.messagesSent == 10)
            #expect(pull.statistics.messagesReceived == 4)
            let isNetwork = !endpoint.hasPrefix("inproc")
            #expect((push.statistics.bytesSent > 100) == isNetwork)
            #expect((pull.statistics.bytesReceived > 100) == isNetwork)
            _ = try pull.next(6)
            try pull.waitForPeers(atLeast: 1, timeout: enough)
            #expect(pull.statistics.peers == 1)
            #expect(pull.statistics.messagesQueuedToReceive == 0)
            push.close()
            #expect(push.statistics.messagesSent == 10)
            #expect(pull.statistics.messagesReceived == 10)
        }
    }

    @Test("queued and dropped messages are counted, and events tell of drops")
    func drops() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            push.linger = .discard
            try push.connect("inproc://nobody")
            for _ in 0..<5 { try push.put("waiting") }
            #expect(push.statistics.messagesQueuedToSend == 5)
            let router = RouterSocket(context: context)
            for _ in 0..<5 { try router.put(["nobody", "x"]) }
            #expect(router.statistics.dropped == [.unroutable: 5])
            var told: [SocketEvent] = []
            while let event = router.events.tryNext() { told.append(event) }
            #expect(told == [1, 2, 4].map { .dropped(.unroutable, count: $0) })
            let publisher = PublisherSocket(context: context)
            try publisher.put("unwanted")
            #expect(publisher.statistics.dropped == [.noSubscriber: 1])
            #expect(publisher.events.tryNext() == nil)
        }
    }

    @Test("messages say where they came from, if they are asked to", arguments: transports)
    func metadata(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let dealer = DealerSocket(context: context)
            dealer.options.routingID = "me"
            dealer.options.applicationMetadata = ["X-Version": "7", "X-Odd": Frame([0, 255])]
            try dealer.connect(router.bind(endpoint))
            try dealer.put("plain")
            #expect(try router.next().metadata == nil)
            #expect(!router.describesMessages)
            router.describesMessages = true
            try dealer.put(["with", "metadata"])
            let message = try router.next()
            #expect(message == ["me", "with", "metadata"] && message.count == 3)
            let metadata = try #require(message.metadata)
            #expect(metadata.socketType == "DEALER" && metadata.routingID == "me")
            #expect(metadata.properties == ["X-Version": "7", "X-Odd": Frame([0, 255])])
            #expect(metadata["x-version"] == "7" && metadata["X-None"] == nil)
            #expect(metadata.userID == nil && !metadata.peerAddress.isEmpty)
            // It can be sent on, and carries nothing of the kind then.
            try router.put(message)
            let back = try dealer.next()
            #expect(back == ["with", "metadata"] && back.metadata == nil)
        }
    }

    @Test("every type of socket describes what it receives")
    func everyType() throws {
        try inContext { context in
            let request = RequestSocket(context: context)
            let reply = ReplySocket(context: context)
            request.describesMessages = true
            reply.describesMessages = true
            try request.connect(reply.bind("tcp://127.0.0.1:*"))
            try request.put("?")
            #expect(try reply.next().metadata?.socketType == "REQ")
            try reply.put("!")
            #expect(try request.next().metadata?.socketType == "REP")
            let publisher = XPublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            subscriber.describesMessages = true
            try subscriber.subscribe("a")
            try subscriber.connect(publisher.bind("tcp://127.0.0.1:*"))
            #expect(try publisher.next() == "\u{1}a")
            try publisher.put("abc")
            #expect(try subscriber.next().metadata?.socketType == "XPUB")
        }
    }

    @Test("statistics are a line in a log")
    func lines() throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind("inproc://lines"))
            try push.put("four")
            _ = try pull.next()
            #expect("\(push.statistics)".hasPrefix("1 sent, 0 received, "))
            var statistics = SocketStatistics()
            #expect("\(statistics)".hasSuffix(", 0 subscriptions"))
            statistics.dropped = [.peerGone: 2, .peerFull: 1]
            #expect("\(statistics)".hasSuffix(", dropped: 1 peerFull, 2 peerGone"))
            var moved = ProxyStatistics()
            (moved.fromFrontend.messages, moved.fromFrontend.bytes) = (2, 7)
            #expect("\(moved)".hasPrefix("to the backend 0 messages (0 bytes) of 2 messages (7 "))
        }
    }

    @Test("bad names and values of properties are refused")
    func badMetadata() throws {
        try inContext { context in
            let socket = PullSocket(context: context)
            let long = "X-" + String(repeating: "n", count: 254)
            let bad: [[String: Frame]] = [
                ["Name": "a"], ["X-": "a"], ["X-a": ""], [long: "a"],
                ["X-a": Frame([UInt8](repeating: 1, count: 40_000))],
            ]
            for metadata in bad {
                socket.options.applicationMetadata = metadata
                #expect(code { try socket.bind("inproc://bad") } == .invalidOption)
            }
        }
    }

    @Test("events come as an asynchronous sequence, which ends with the socket")
    func events() async throws {
        try await inContext { context in
            let pull = PullSocket(context: context)
            let watching = Task { () -> [SocketEvent] in
                var events: [SocketEvent] = []
                for await event in pull.events { events.append(event) }
                return events
            }
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let other = PullSocket(context: context)
            #expect(code { try other.bind(endpoint) } == .addressInUse)
            if case .bindFailed(endpoint, let error)? = await other.events.next(timeout: enough) {
                #expect(error.code == .addressInUse)
            } else {
                Issue.record("a failed bind was not reported")
            }
            let push = PushSocket(context: context)
            try push.connect(endpoint)
            try await pull.waitForPeers(timeout: enough)
            await push.close()
            await pull.close()
            let events = await watching.value
            #expect(events.first == .listening(endpoint))
            #expect(events.contains { if case .accepted(endpoint, _) = $0 { true } else { false } })
            #expect(events.contains(.closed(endpoint)))
            #expect(await push.events.next(timeout: .zero) != nil)
            let cancelled = Task { for await _ in other.events {} }
            cancelled.cancel()
            await cancelled.value
        }
    }
}
