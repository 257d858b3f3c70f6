import Testing
import ZeroMQ

@Suite("PUB and SUB", .tags(.threads))
struct PublishTests {
    @Test("a subscriber gets what begins with its topics, once", arguments: transports)
    func prefixes(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe("a")
            try subscriber.subscribe("ab")
            try subscriber.subscribe("xyz")
            try subscriber.connect(publisher.bind(endpoint))
            for topic: Frame in ["a", "ab", "xyz"] {
                try publisher.waitForSubscribers(atLeast: 1, to: topic, timeout: enough)
            }
            for text in ["b", "a", "abc", "xy", "xyz", "", "end", "a end"] {
                try publisher.put([Frame(text), "body"])
            }
            let received = try subscriber.next(4).map { String($0[0]) }
            #expect(received == ["a", "abc", "xyz", "a end"])
            #expect(try subscriber.tryReceive() == nil)
        }
    }

    @Test("subscriptions are counted", arguments: transports)
    func counts(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            try subscriber.subscribe("a")
            try subscriber.subscribe("a")
            try subscriber.unsubscribe("a")
            try subscriber.subscribe("mark 1")
            try publisher.waitForSubscribers(atLeast: 1, to: "mark 1", timeout: enough)
            try publisher.waitForSubscribers(atLeast: 1, to: "a", timeout: enough)
            try publisher.put("a is still wanted")
            #expect(try subscriber.next() == "a is still wanted")
            try subscriber.unsubscribe("a")
            #expect(code { try subscriber.unsubscribe("a") } == .notFound)
            try publisher.put("a is not wanted any more")
            try publisher.put("mark 1")
            #expect(try subscriber.next() == "mark 1")
        }
    }

    @Test("no message is lost once the subscriber is known", arguments: transports)
    func nothingLost(endpoint: String) throws {
        for _ in 0..<20 {
            try inContext { context in
                let publisher = PublisherSocket(context: context)
                let subscriber = SubscriberSocket(context: context)
                try subscriber.subscribe()
                try subscriber.connect(publisher.bind(endpoint))
                try publisher.waitForSubscribers(atLeast: 1, timeout: enough)
                for number in 0..<100 { try publisher.put(Message("\(number)")) }
                for number in 0..<100 { #expect(try subscriber.next() == Message("\(number)")) }
            }
        }
    }

    @Test("every subscriber gets its own copy", arguments: transports)
    func fanOut(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let bound = try publisher.bind(endpoint)
            let subscribers = (0..<8).map { _ in SubscriberSocket(context: context) }
            for subscriber in subscribers {
                try subscriber.subscribe("news")
                try subscriber.connect(bound)
            }
            try publisher.waitForSubscribers(atLeast: 8, to: "news", timeout: enough)
            let messages: [Message] = ["news", ["news", .init(count: 50_000) { _ in }, "end"]]
            for message in messages { try publisher.put(message) }
            for subscriber in subscribers {
                #expect(try subscriber.next() == "news")
                #expect(try subscriber.next().map(\.count) == [4, 50_000, 3])
            }
        }
    }

    @Test("nothing behind the end of a message belongs to it", arguments: transports)
    func ends(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            // An XSUB shows what a SUB would take for none of its messages.
            let subscriber = XSubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            for length in 1...30 {
                // As long as what is compared with it in whole words, and zeros behind the end.
                let zeros = [UInt8](repeating: 0, count: length)
                try subscriber.subscribe(Frame([0x61] + zeros))
            }
            try subscriber.subscribe("end")
            try publisher.waitForSubscribers(atLeast: 1, to: "end", timeout: enough)
            try publisher.put("a")
            try publisher.put(Message([UInt8]()))
            try publisher.put("end")
            #expect(try subscriber.next() == "end")
            #expect(publisher.statistics.messagesSent == 1)
        }
    }

    @Test("a subscriber without room misses messages, others do not")
    func drops() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            publisher.sendHighWaterMark = 1
            let (slow, quick) = (
                SubscriberSocket(context: context), SubscriberSocket(context: context)
            )
            slow.receiveHighWaterMark = 1
            let bound = try publisher.bind("inproc://drops")
            for subscriber in [slow, quick] {
                try subscriber.subscribe()
                try subscriber.connect(bound)
            }
            try publisher.waitForSubscribers(atLeast: 2, timeout: enough)
            for number in 0..<100 { #expect(try publisher.trySend(Message("\(number)"))) }
            #expect(try slow.next(2) == ["0", "1"])
            #expect(try slow.tryReceive() == nil)
            #expect(try quick.next(100).count == 100)
        }
    }

    @Test("a lossless publisher waits for everybody", arguments: transports)
    func lossless(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            publisher.isLossless = true
            publisher.sendHighWaterMark = 2
            let subscriber = SubscriberSocket(context: context)
            subscriber.receiveHighWaterMark = 2
            try subscriber.subscribe()
            try subscriber.connect(publisher.bind(endpoint))
            try publisher.waitForSubscribers(atLeast: 1, timeout: enough)
            let sender = try Worker {
                for number in 0..<3000 { try publisher.put(Message("\(number)")) }
            }
            for number in 0..<3000 { #expect(try subscriber.next() == Message("\(number)")) }
            try sender.value()
        }
    }

    @Test("each subscriber's mark is kept to the message, whoever comes or reads in between")
    func marks() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            publisher.sendHighWaterMark = 5
            let endpoint = try publisher.bind("inproc://*")
            var rooms: [Int] = []
            var subscribers: [SubscriberSocket] = []
            for round in 0..<40 {
                if round % 10 == 0 {
                    let subscriber = SubscriberSocket(context: context)
                    subscriber.receiveHighWaterMark = Limit(integerLiteral: 1 + round)
                    try subscriber.subscribe()
                    try subscriber.connect(endpoint)
                    subscribers.append(subscriber)
                    rooms.append(6 + round)
                    let count = subscribers.count
                    try publisher.waitForSubscribers(atLeast: count, timeout: enough)
                }
                for number in 0..<round { try publisher.put(Message("\(number)")) }
                for (subscriber, room) in zip(subscribers, rooms) {
                    let expected = min(round, room)
                    for number in 0..<expected {
                        #expect(try subscriber.next() == Message("\(number)"))
                    }
                    #expect(try subscriber.tryReceive() == nil, "round \(round)")
                }
            }
        }
    }

    @Test("publishing to nobody never waits")
    func nobody() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            try publisher.bind("tcp://127.0.0.1:*")
            for _ in 0..<5000 { try publisher.put("x") }
            let waiting = code {
                try publisher.waitForSubscribers(atLeast: 1, timeout: .milliseconds(10))
            }
            #expect(waiting == .timedOut)
        }
    }

    @Test("subscriptions come again after a reconnect", arguments: fixedWires)
    func reconnect(endpoint: String) throws {
        try inContext { context in
            let subscriber = SubscriberSocket(context: context)
            subscriber.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(10))
            try subscriber.subscribe("kept")
            try subscriber.subscribe("cancelled")
            var address: Endpoint?
            for round in 0..<3 {
                let publisher = PublisherSocket(context: context)
                let bound = try address.map { try publisher.bind($0) } ?? publisher.bind(endpoint)
                if address == nil { try subscriber.connect(bound) }
                address = bound
                try publisher.waitForSubscribers(atLeast: 1, to: "kept", timeout: enough)
                if round == 1 { try subscriber.unsubscribe("cancelled") }
                if round == 2 { try publisher.put("cancelled: nobody wants this") }
                try publisher.put(Message("kept \(round)"))
                #expect(try subscriber.next() == Message("kept \(round)"))
                publisher.close()
            }
        }
    }
}

@Suite("XPUB and XSUB")
struct ExtendedPublishTests {
    private func notice(_ isSubscribe: Bool, _ topic: String) -> Message {
        Message([isSubscribe ? 1 : 0] + Array(topic.utf8))
    }

    @Test("an XPUB learns of first subscriptions and last cancellations", arguments: transports)
    func notices(endpoint: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let bound = try publisher.bind(endpoint)
            let (one, two) = (
                SubscriberSocket(context: context), SubscriberSocket(context: context)
            )
            try one.subscribe("t")
            try one.connect(bound)
            #expect(try publisher.next() == notice(true, "t"))
            try two.connect(bound)
            try two.subscribe("t")
            try two.subscribe("own")
            #expect(try publisher.next() == notice(true, "own"))
            try one.unsubscribe("t")
            try one.subscribe("mark")
            #expect(try publisher.next() == notice(true, "mark"))
            two.close()
            let last = Set(try publisher.next(2))
            #expect(last == [notice(false, "t"), notice(false, "own")])
        }
    }

    @Test(
        "a subscription travels through a chain of XSUB and XPUB, and messages back",
        arguments: transports
    )
    func forwarding(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let upstream = XSubscriberSocket(context: context)
            let downstream = XPublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try upstream.connect(publisher.bind(endpoint))
            let second = endpoint.replacing("somewhere", with: "elsewhere")
            try subscriber.connect(downstream.bind(second))
            try subscriber.subscribe("topic")
            try upstream.put(downstream.next())
            try publisher.waitForSubscribers(atLeast: 1, to: "topic", timeout: enough)
            try publisher.put(["topic", "body"])
            try downstream.put(upstream.next())
            #expect(try subscriber.next() == ["topic", "body"])
            try subscriber.unsubscribe("topic")
            #expect(try downstream.next() == notice(false, "topic"))
        }
    }

    @Test("an XSUB's other messages reach the XPUB's application", arguments: transports)
    func upstreamMessages(endpoint: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let subscriber = XSubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            try subscriber.waitForPeers(atLeast: 1, timeout: enough)
            try subscriber.put(["hello", "in two parts"])
            try subscriber.put(notice(true, "topic"))
            #expect(
                Set(try publisher.next(2)) == [["hello", "in two parts"], notice(true, "topic")]
            )
            #expect(publisher.subscriptionCount == 1)
        }
    }
}
