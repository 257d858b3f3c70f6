import Testing
import ZeroMQ
import ZeroMQReactor

/// After `subscribed()` nothing that our own publishers publish is missed.
@Suite("A subscriber that knows when it is ready", .serialized)
struct SubscribedTests {
    /// Publishes to newcomers one after another; returns who missed the first message.
    private func missed(
        _ runs: Int,
        _ context: Context,
        _ endpoint: Endpoint,
        publisher: any PublishingSocket,
        configure: (SubscriberSocket) throws -> Void = { _ in }
    ) throws -> [Int] {
        let endpoint = try publisher.bind(endpoint)
        return try (0..<runs).filter { run in
            let subscriber = SubscriberSocket(context: context)
            defer { subscriber.close(linger: .discard) }
            try configure(subscriber)
            try subscriber.connect(endpoint)
            try subscriber.subscribe("topic")
            try subscriber.subscribed(timeout: enough)
            try publisher.put("topic \(run)")
            try publisher.put("topic later")
            return try subscriber.next() != Message("topic \(run)")
        }
    }

    @Test("newcomers miss nothing, in 1,000 of 1,000 runs", arguments: Transport.allCases)
    func newcomers(transport: Transport) async throws {
        try await inContext { context in
            let publisher = PublisherSocket(context: context)
            let endpoint = try publisher.bind(transport.place(context))
            for first in stride(from: 0, to: 1000, by: 25) {
                try await withThrowingTaskGroup { group in
                    for run in first..<first + 25 {
                        group.addTask {
                            let subscriber = SubscriberSocket(context: context)
                            try subscriber.connect(endpoint)
                            try subscriber.subscribe(Frame("\(run)."))
                            try await subscriber.subscribed(timeout: enough)
                            try await publisher.send(Message("\(run).first"))
                            try await publisher.send(Message("\(run).later"))
                            let message = try await subscriber.receive(timeout: enough)
                            #expect(message == Message("\(run).first"))
                            await subscriber.close(linger: .discard)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("neither does one that a thread waits for", arguments: Transport.allCases)
    func blocking(transport: Transport) throws {
        try transport.run { context, endpoint in
            let publisher = PublisherSocket(context: context)
            let late = try missed(50, context, endpoint, publisher: publisher)
            #expect(late == [])
        }
    }

    @Test("an XPUB whose program does not look at its notices is as good")
    func extended() throws {
        try Transport.tcp.run { context, endpoint in
            let publisher = XPublisherSocket(context: context)
            let late = try missed(30, context, endpoint, publisher: publisher)
            #expect(late == [])
        }
    }

    @Test("in tasks, with a publisher that never pauses", arguments: Transport.allCases)
    func tasks(transport: Transport) async throws {
        try await inContext { context in
            let publisher = PublisherSocket(context: context)
            let endpoint = try publisher.bind(transport.place(context))
            // Holds the sending side most of the time.
            let busy = Task { while !Task.isCancelled { try await publisher.send("other") } }
            for run in 0..<30 {
                let subscriber = SubscriberSocket(context: context)
                try subscriber.connect(endpoint)
                try subscriber.subscribe("topic")
                try await subscriber.subscribed(timeout: .seconds(60))
                try await publisher.send(Message("topic \(run)"))
                try await publisher.send("topic later")
                #expect(
                    try await subscriber.receive(timeout: .seconds(60)) == Message("topic \(run)")
                )
                await subscriber.close(linger: .discard)
            }
            busy.cancel()
            _ = await busy.result
        }
    }

    @Test("each later subscription is in force as well", arguments: Transport.allCases)
    func later(transport: Transport) throws {
        try transport.run { context, endpoint in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            for number in 0..<300 {
                try subscriber.subscribe(Frame("\(number)."))
                try subscriber.subscribed(timeout: enough)
                try publisher.put(Message("\(number)."))
                #expect(try subscriber.next() == Message("\(number)."))
                try subscriber.unsubscribe(Frame("\(number)."))
                try subscriber.subscribed(timeout: enough)
                #expect(publisher.subscriptionCount == 0)
            }
        }
    }

    @Test("2,000 topics are all there", arguments: Transport.allCases)
    func manyTopics(transport: Transport) throws {
        try transport.run { context, endpoint in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            try subscriber.subscribed(timeout: enough)
            for number in 0..<2000 { try subscriber.subscribe(Frame("\(number).")) }
            try subscriber.subscribed(timeout: enough)
            #expect(publisher.subscriptionCount == 2000)
            for number in 0..<2000 { try subscriber.unsubscribe(Frame("\(number).")) }
            try subscriber.subscribed(timeout: enough)
            #expect(publisher.subscriptionCount == 0)
        }
    }

    @Test("publishers that connect to a bound subscriber count too", arguments: Transport.allCases)
    func connecting(transport: Transport) throws {
        try transport.run { context, endpoint in
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe("a")
            let bound = try subscriber.bind(endpoint)
            let publishers = (0..<20).map { _ in PublisherSocket(context: context) }
            for publisher in publishers { try publisher.connect(bound) }
            try subscriber.subscribed(atLeast: 20, timeout: enough)
            for publisher in publishers { #expect(publisher.subscriptionCount == 1) }
        }
    }

    @Test("CURVE, heartbeats and a queue of one message change nothing")
    func options() throws {
        try inContext { context in
            let keys = try CurveKeyPair()
            let publisher = PublisherSocket(context: context)
            publisher.options.security = .curveServer(keys)
            publisher.options.authenticator = .anyoneHoldingTheServersPublicKey
            let heartbeat = Heartbeat(interval: .milliseconds(1), timeout: enough)
            publisher.options.heartbeat = heartbeat
            let endpoint = try Transport.tcp.place(context)
            let late = try missed(50, context, endpoint, publisher: publisher) {
                $0.options.security = try .curveClient(CurveKeyPair(), server: keys.publicKey)
                $0.options.heartbeat = heartbeat
            }
            #expect(late == [])
        }
    }

    @Test("of a conflating subscriber the subscriptions are in force", arguments: wires)
    func conflating(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            subscriber.options.keepsOnlyLatest = true
            try subscriber.subscribe("a")
            try subscriber.connect(publisher.bind(endpoint))
            try subscriber.subscribed(timeout: enough)
            try publisher.put("a1")
            #expect(try subscriber.next() == "a1")
        }
    }

    @Test("an XSUB that keeps sending gets its answer", arguments: Transport.allCases)
    func upstream(transport: Transport) throws {
        try transport.run { context, endpoint in
            let publisher = XPublisherSocket(context: context)
            publisher.receiveHighWaterMark = .unlimited
            let subscriber = XSubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            try subscriber.waitForPeers(atLeast: 1, timeout: enough)
            let isOver = Locked(false)
            let sender = try Worker {
                while !isOver.withLock({ $0 }) { try subscriber.send("upstream") }
            }
            let reader = try Worker {
                while !isOver.withLock({ $0 }) {
                    _ = try publisher.receive(within: .milliseconds(10))
                }
            }
            for number in 0..<50 {
                try subscriber.put(Message([1] + Array("\(number)".utf8)))
                try subscriber.subscribed(timeout: enough)
                #expect(publisher.subscriptionCount == number + 1)
            }
            isOver.withLock { $0 = true }
            try sender.value()
            try reader.value()
        }
    }

    @Test("after a reconnection the next publisher is asked anew", arguments: Transport.allCases)
    func reconnection(transport: Transport) throws {
        try transport.run { context, endpoint in
            let subscriber = SubscriberSocket(context: context)
            subscriber.options.reconnect = impatient
            try subscriber.subscribe("a")
            try subscriber.connect(endpoint)
            let events = subscriber.events
            for run in 0..<20 {
                let publisher = PublisherSocket(context: context)
                try publisher.bind(endpoint)
                try subscriber.subscribed(timeout: enough)
                try publisher.put(Message("a\(run)"))
                #expect(try subscriber.next() == Message("a\(run)"))
                publisher.close()
                try events.awaitLoss()
            }
        }
    }
}
