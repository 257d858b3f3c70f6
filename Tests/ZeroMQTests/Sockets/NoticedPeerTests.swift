import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Notices as values, and messages for the one who was noticed", .serialized)
struct NoticedPeerTests {
    /// Two subscribers of a manual XPUB that may have all that begins with v; the second was
    /// noticed last.
    private func rig(
        _ context: Context,
        _ endpoint: String
    ) throws -> (XPublisherSocket, [SubscriberSocket]) {
        let publisher = XPublisherSocket(context: context)
        publisher.isManual = true
        publisher.sendHighWaterMark = 1
        let bound = try publisher.bind(endpoint)
        let subscribers = try (0..<2).map { _ in
            let subscriber = SubscriberSocket(context: context)
            subscriber.receiveHighWaterMark = 1
            try subscriber.subscribe("v")
            try subscriber.connect(bound)
            #expect(try SubscriptionNotice(publisher.next())?.topic == "v")
            try publisher.grant("v")
            return subscriber
        }
        return (publisher, subscribers)
    }

    @Test("a notice is read as a value, and nothing else is")
    func values() throws {
        let subscribed = try #require(SubscriptionNotice("\u{1}weather"))
        #expect(subscribed.topic == "weather" && subscribed.isSubscription)
        #expect("\(subscribed)" == "subscribed to weather")
        let cancelled = try #require(SubscriptionNotice("\u{0}"))
        #expect(cancelled.topic == "" && !cancelled.isSubscription)
        for other in ["", "weather", "\u{2}a", ["\u{1}a", "b"]] as [Message] {
            #expect(SubscriptionNotice(other) == nil)
        }
    }

    @Test("only the one who was noticed gets it, whoever else sends", arguments: transports)
    func alone(endpoint: String) async throws {
        try await inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.isManual = true
            publisher.sendHighWaterMark = .unlimited
            let bound = try publisher.bind(endpoint)
            let steady = SubscriberSocket(context: context)
            steady.receiveHighWaterMark = .unlimited
            try steady.subscribe("v")
            try steady.connect(bound)
            _ = try await publisher.receive(timeout: enough)
            try publisher.grant("v")
            let others = Task {
                for number in 0..<20_000 { try await publisher.send(Message("v\(number)")) }
            }
            for number in 0..<20 {
                let newcomer = SubscriberSocket(context: context)
                try newcomer.subscribe("w")
                try newcomer.connect(bound)
                var notice: SubscriptionNotice?
                while notice?.isSubscription != true {
                    notice = SubscriptionNotice(try await publisher.receive(timeout: enough))
                }
                try publisher.grant("w")
                try await publisher.sendToLastNoticed(Message("w\(number)"))
                #expect(try await newcomer.receive(timeout: enough) == Message("w\(number)"))
                await newcomer.close()
            }
            try await others.value
            // What the other task sent went to all that want it, all of it.
            for number in 0..<20_000 {
                #expect(try await steady.receive(timeout: enough) == Message("v\(number)"))
            }
        }
    }

    /// Sends to the subscriber that was noticed last until there is no room. Returns how many
    /// messages it is sent.
    private func fill(_ publisher: XPublisherSocket) -> Int {
        publisher.isLossless = true
        // Once there was no room for so long, the system takes no more.
        publisher.sendTimeout = .milliseconds(200)
        let body = String(repeating: ".", count: 100_000)
        var sent = 0
        while code({ try publisher.sendToLastNoticed(Message("v\(body)")) }) != .timedOut {
            sent += 1
        }
        return sent
    }

    @Test("a message that waits for room is for the same peer later", arguments: transports)
    func waiting(endpoint: String) throws {
        try inContext { context in
            let (publisher, subscribers) = try rig(context, endpoint)
            let sent = fill(publisher)
            try publisher.sendNextToLastNoticed()
            #expect(try !publisher.trySend("v last"))
            publisher.sendTimeout = enough
            let call = try Worker { try publisher.send("v last") }
            for _ in 0..<sent { _ = try subscribers[1].next() }
            try call.value()
            #expect(try subscribers[1].next() == "v last")
            try publisher.sendToLastNoticed("v alone")
            #expect(try subscribers[1].next() == "v alone")
            try publisher.put("v all")
            for subscriber in subscribers { #expect(try subscriber.next() == "v all") }
        }
    }

    @Test("it waits for room, and a deadline ends that", arguments: transports)
    func room(endpoint: String) throws {
        try inContext { context in
            let (publisher, subscribers) = try rig(context, endpoint)
            let sent = fill(publisher)
            publisher.sendTimeout = enough
            let call = try Worker { try publisher.sendToLastNoticed("v last") }
            for _ in 0..<sent { _ = try subscribers[1].next() }
            try call.value()
            #expect(try subscribers[1].next() == "v last")
            #expect(try subscribers[0].tryReceive() == nil)
        }
    }

    @Test("without a notice there is nobody to send to")
    func nobody() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            #expect(code { try publisher.sendToLastNoticed("a") } == .invalidState)
            publisher.isManual = true
            #expect(code { try publisher.sendToLastNoticed("a") } == .invalidState)
        }
    }
}
