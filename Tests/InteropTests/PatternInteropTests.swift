import LibZMQ
import Testing
import ZeroMQ

@Suite("Options about patterns, with libzmq at the other end", .serialized)
struct PatternInteropTests {
    static let enough = Duration.seconds(10)

    @Test("libzmq's ROUTER sees the number of a correlated request, and a relaxed one go on")
    func requests() throws {
        try withBothLibraries { both in
            let router = try both.socket(.router)
            let request = RequestSocket(context: both.context)
            request.isCorrelated = true
            request.isRelaxed = true
            try request.connect(router.bind("tcp://127.0.0.1:*"))
            let questions = try ["first", "second"].map { text in
                try request.send(Message(text), timeout: Self.enough)
                let question = try #require(try router.receive(timeout: Self.enough))
                #expect(question.count == 4 && question[1].count == 4 && question[2].isEmpty)
                #expect(question[3] == Array(text.utf8))
                return question
            }
            #expect(questions[0][1] != questions[1][1])
            // The late answer to the first is passed over.
            for question in questions { try router.send(question) }
            #expect(try request.nextTexts() == ["second"])
        }
    }

    /// As brokers do that take three frames apart.
    @Test("libzmq's ROUTER can count the frames of a request, and answers one in time only")
    func plainRequests() throws {
        try withBothLibraries { both in
            let router = try both.socket(.router)
            let request = RequestSocket(context: both.context)
            request.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(10))
            try request.connect(router.bind("tcp://127.0.0.1:*"))
            #expect(throws: ZeroMQError.self) {
                _ = try request.request("first", timeout: .milliseconds(200))
            }
            request.isRelaxed = true
            var questions = [try #require(try router.receive(timeout: Self.enough))]
            for text in ["second", "third"] {
                try request.send(Message(text), timeout: Self.enough)
                questions.append(try #require(try router.receive(timeout: Self.enough)))
            }
            for (question, text) in zip(questions, ["first", "second", "third"]) {
                #expect(question.count == 3 && question[1].isEmpty)
                #expect(question[2] == Array(text.utf8))
            }
            // The late answers are for connections that are gone.
            for question in questions { try router.send(question) }
            #expect(try request.nextTexts() == ["third"])
        }
    }

    @Test("libzmq's REP and ROUTER answer requests side by side", arguments: [false, true])
    func sideBySide(isRouter: Bool) async throws {
        let both = try Libraries()
        let server = try both.socket(isRouter ? .router : .reply)
        let client = RequestClient(context: both.context)
        try client.connect(server.bind("tcp://127.0.0.1:*"))
        try await withThrowingTaskGroup(of: Message.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let question = Message("\(number)")
                    let reply = try await client.request(question, timeout: Self.enough)
                    #expect(reply == question)
                    return reply
                }
            }
            for _ in 0..<20 {
                let question = try #require(try server.receive(timeout: Self.enough))
                try server.send(question)
            }
            var answered = Set<Message>()
            for try await reply in group { answered.insert(reply) }
            #expect(answered.count == 20)
        }
        await client.close()
        both.end()
    }

    @Test("an XPUB shows of libzmq's subscriptions what it shall", arguments: [0, 1, 2])
    func verbosity(level: Int) throws {
        let levels: [(SubscriptionNotices, [String])] = [
            (.changes, ["\u{1}a", "\u{0}a"]),
            (.allSubscriptions, ["\u{1}a", "\u{1}a", "\u{0}a"]),
            (.everything, ["\u{1}a", "\u{1}a", "\u{0}a", "\u{0}a"]),
        ]
        try withBothLibraries { both in
            let publisher = XPublisherSocket(context: both.context)
            publisher.notices = levels[level].0
            let endpoint = "\(try publisher.bind("tcp://127.0.0.1:*"))"
            let subscribers = try (1...2).map { count in
                let subscriber = try both.socket(.subscriber)
                try subscriber.connect(endpoint)
                try subscriber.set(.subscribe, "a")
                try publisher.waitForSubscribers(atLeast: count, to: "a", timeout: Self.enough)
                return subscriber
            }
            #expect(publisher.topicCount == 1 && publisher.subscriptionCount == 2)
            for subscriber in subscribers { try subscriber.set(.unsubscribe, "a") }
            for notice in levels[level].1 { #expect(try publisher.nextTexts() == [notice]) }
        }
    }

    @Test("a libzmq subscriber gets what it is granted, and a last value for it alone")
    func manual() throws {
        try withBothLibraries { both in
            let publisher = XPublisherSocket(context: both.context)
            publisher.isManual = true
            let endpoint = "\(try publisher.bind("tcp://127.0.0.1:*"))"
            let subscribers = try (0..<2).map { _ in
                let subscriber = try both.socket(.subscriber)
                try subscriber.set(.subscribe, "")
                try subscriber.connect(endpoint)
                #expect(try publisher.nextTexts() == ["\u{1}"])
                try publisher.grant("b")
                return subscriber
            }
            try publisher.sendNextToLastNoticed()
            for text in ["b last value", "a not granted", "b for all"] {
                try publisher.send(Message(text))
            }
            #expect(try subscribers[1].next() == ["b last value"])
            for subscriber in subscribers { #expect(try subscriber.next() == ["b for all"]) }
            try publisher.revoke("b")
            try publisher.send("b for the first")
            #expect(try subscribers[0].next() == ["b for the first"])
            #expect(try subscribers[1].receive(timeout: .milliseconds(20)) == nil)
        }
    }

    @Test("matching is turned round with libzmq on either side", arguments: [true, false])
    func inverted(wePublish: Bool) throws {
        try withBothLibraries { both in
            if wePublish {
                let publisher = PublisherSocket(context: both.context)
                publisher.invertsMatching = true
                let subscriber = try both.socket(.subscriber)
                try subscriber.set(.invertsMatching, 1)
                try subscriber.set(.subscribe, "a")
                try subscriber.connect("\(publisher.bind("tcp://127.0.0.1:*"))")
                try publisher.waitForSubscribers(atLeast: 1, to: "a", timeout: Self.enough)
                for text in ["a", "b"] { try publisher.send(Message(text)) }
                #expect(try subscriber.next() == ["b"])
            } else {
                let publisher = try both.socket(.xPublisher)
                try publisher.set(.invertsMatching, 1)
                let subscriber = SubscriberSocket(context: both.context)
                subscriber.invertsMatching = true
                try subscriber.subscribe("a")
                try subscriber.connect(publisher.bind("tcp://127.0.0.1:*"))
                #expect(try publisher.next() == ["\u{1}a"])
                for text in ["a", "b"] { try publisher.send(text) }
                #expect(try subscriber.nextTexts() == ["b"])
            }
        }
    }

    @Test("libzmq's XPUB hears of subscriptions, and of every cancellation if it shall")
    func cancellations() throws {
        try withBothLibraries { both in
            let publisher = try both.socket(.xPublisher)
            try publisher.set(.xPublisherIsVerboser, 1)
            let endpoint = try publisher.bind("tcp://127.0.0.1:*")
            let subscriber = SubscriberSocket(context: both.context)
            try subscriber.connect(endpoint)
            try subscriber.subscribe("a")
            #expect(try publisher.next() == ["\u{1}a"])
            try subscriber.unsubscribe("a")
            #expect(try publisher.next() == ["\u{0}a"])
            #expect(subscriber.topicCount == 0)

            let second = XSubscriberSocket(context: both.context)
            second.forwardsEveryCancellation = true
            try second.connect(endpoint)
            try second.waitForPeers(atLeast: 1, timeout: Self.enough)
            for text in ["\u{1}b", "\u{1}b", "\u{0}b", "\u{0}b"] {
                try second.send(Message(text))
            }
            for text in ["\u{1}b", "\u{1}b", "\u{0}b", "\u{0}b"] {
                #expect(try publisher.next() == [text])
            }
        }
    }

    @Test("a lossless publisher waits for a libzmq that does not read, and loses nothing")
    func lossless() throws {
        try withBothLibraries { both in
            let publisher = PublisherSocket(context: both.context)
            publisher.isLossless = true
            publisher.sendHighWaterMark = 1
            let subscriber = try both.socket(.subscriber)
            try subscriber.set(.receiveHighWaterMark, 1)
            try subscriber.set(.subscribe, "")
            try subscriber.connect("\(publisher.bind("tcp://127.0.0.1:*"))")
            try publisher.waitForSubscribers(atLeast: 1, timeout: Self.enough)
            let body = Frame([UInt8](repeating: 7, count: 1 << 20))
            var count = 0
            while count < 64 {
                do throws(ZeroMQError) {
                    try publisher.send([Frame("\(count)"), body], timeout: .milliseconds(200))
                } catch {
                    #expect(error.code == .timedOut)
                    break
                }
                count += 1
            }
            #expect((1..<64).contains(count), "\(count)")
            for number in 0..<count { #expect(try subscriber.next()[0] == "\(number)") }
        }
    }
}
