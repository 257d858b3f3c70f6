import Testing
import ZeroMQ
import ZeroMQReactor
import ZeroMQTestSupport

/// What an XPUB is told of its peers' subscriptions, and in which order.
@Suite("Notices of who leaves, and their order", .serialized)
struct SubscriberDepartureTests {
    @Test(
        "each topic that a leaving peer asked for is cancelled, whatever it was granted",
        arguments: transports,
        [false, true]
    )
    func leaving(endpoint: String, isManual: Bool) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.notices = .everything
            publisher.isManual = isManual
            let bound = try publisher.bind(endpoint)
            let subscribers = (0..<2).map { _ in SubscriberSocket(context: context) }
            for subscriber in subscribers {
                for topic in ["a", "b"] { try subscriber.subscribe(Frame(topic)) }
                try subscriber.connect(bound)
                for _ in 0..<2 {
                    let notice = try publisher.next()
                    #expect(notice == "\u{1}a" || notice == "\u{1}b")
                    if isManual { try publisher.grant("granted") }
                }
            }
            try subscribers[0].unsubscribe("b")
            #expect(try publisher.next() == "\u{0}b")
            for (subscriber, topics) in zip(subscribers, [["\u{0}a"], ["\u{0}a", "\u{0}b"]]) {
                subscriber.close()
                let told = try topics.map { _ in String(try publisher.next()) }
                #expect(told.sorted() == topics)
            }
            #expect(publisher.subscriptionCount == 0)
        }
    }

    @Test("what is granted or sent to a peer that has left reaches nobody else")
    func departed() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.isManual = true
            let bound = try publisher.bind("inproc://departed")
            let stays = SubscriberSocket(context: context)
            try stays.subscribe()
            try stays.connect(bound)
            #expect(try publisher.next() == "\u{1}")
            try publisher.grant("")
            let leaves = SubscriberSocket(context: context)
            try leaves.subscribe("x")
            try leaves.connect(bound)
            #expect(try publisher.next() == "\u{1}x")
            leaves.close()
            #expect(try publisher.next() == "\u{0}x")
            // The notice received last was that of a peer that is not there.
            try publisher.revoke("")
            try publisher.grant("for the one that left")
            try publisher.sendNextToLastNoticed()
            try publisher.put("for nobody")
            try publisher.put("for all")
            #expect(try stays.next() == "for all")
        }
    }

    @Test("notices and messages of one peer come as it sent them", arguments: transports)
    func order(endpoint: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.describesMessages = true
            let bound = try publisher.bind(endpoint)
            let subscriber = XSubscriberSocket(context: context)
            // An XSUB drops what finds its queue full.
            subscriber.sendHighWaterMark = .unlimited
            try subscriber.connect(bound)
            try subscriber.waitForPeers(atLeast: 1, timeout: enough)
            // Somebody sends all the time, so that the sending side is often not free.
            let isDone = Locked(false)
            let sender = try Worker {
                while !isDone.withLock({ $0 }) { try publisher.put("nobody wants this") }
            }
            let sent = (0..<2000).map { number -> Message in
                number % 4 == 0 ? "\u{1}\(number)" : Message("message \(number)")
            }
            for message in sent { try subscriber.put(message) }
            for message in sent {
                let received = try publisher.next()
                try #require(received == message)
                #expect(received.metadata?.socketType == "XSUB")
            }
            isDone.withLock { $0 = true }
            try sender.value()
        }
    }

    @Test("a peer's last messages come before its cancellations", arguments: transports)
    func lastMessages(endpoint: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let bound = try publisher.bind(endpoint)
            let subscriber = XSubscriberSocket(context: context)
            try subscriber.connect(bound)
            try subscriber.put("\u{1}a")
            #expect(try publisher.next() == "\u{1}a")
            for number in 0..<10 { try subscriber.put(Message("\(number)")) }
            subscriber.close()
            let isGone = { publisher.subscriptionCount == 0 }
            let deadline = ContinuousClock.now + enough
            while !isGone(), ContinuousClock.now < deadline { letPass(.milliseconds(1)) }
            #expect(isGone())
            #expect(try publisher.next(10) == (0..<10).map { Message("\($0)") })
            #expect(try publisher.next() == "\u{0}a")
        }
    }
}
