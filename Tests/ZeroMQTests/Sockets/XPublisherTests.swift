import Testing
import ZeroMQ

@Suite("Publishers that watch and steer subscriptions", .serialized)
struct XPublisherTests {
    @Test("notices as they were asked for", arguments: transports)
    func verbosity(endpoint: String) throws {
        let expected: [(SubscriptionNotices, [Message])] = [
            (.changes, ["\u{1}a", "\u{0}a"]),
            (.allSubscriptions, ["\u{1}a", "\u{1}a", "\u{0}a"]),
            (.everything, ["\u{1}a", "\u{1}a", "\u{0}a", "\u{0}a"]),
        ]
        for (notices, messages) in expected {
            try inContext { context in
                let publisher = XPublisherSocket(context: context)
                #expect(publisher.notices == .changes)
                publisher.notices = notices
                let bound = try publisher.bind(endpoint)
                let subscribers = [
                    SubscriberSocket(context: context), SubscriberSocket(context: context),
                ]
                for (index, subscriber) in subscribers.enumerated() {
                    try subscriber.connect(bound)
                    try subscriber.subscribe("a")
                    try publisher.waitForSubscribers(atLeast: index + 1, to: "a", timeout: enough)
                }
                #expect(publisher.topicCount == 1 && publisher.subscriptionCount == 2)
                for subscriber in subscribers { try subscriber.unsubscribe("a") }
                for message in messages { #expect(try publisher.next() == message) }
                #expect(publisher.topicCount == 0)
            }
        }
    }

    @Test("in manual mode peers get what they are granted", arguments: transports)
    func manual(endpoint: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            #expect(!publisher.isManual)
            #expect(code { try publisher.grant("a") } == .invalidState)
            publisher.isManual = true
            let bound = try publisher.bind(endpoint)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe()
            try subscriber.connect(bound)
            #expect(try publisher.next() == "\u{1}")
            try publisher.put("a before")
            try publisher.grant("a")
            try publisher.put("a granted")
            try publisher.put("b not granted")
            #expect(try subscriber.next() == "a granted")
            try publisher.revoke("a")
            try publisher.put("a revoked")
            try publisher.grant("end")
            try publisher.put("end")
            #expect(try subscriber.next() == "end")
        }
    }

    @Test("the last value goes to the newcomer alone", arguments: transports)
    func lastValue(endpoint: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.isManual = true
            let bound = try publisher.bind(endpoint)
            let subscribers = [
                SubscriberSocket(context: context), SubscriberSocket(context: context),
            ]
            for (index, subscriber) in subscribers.enumerated() {
                try subscriber.subscribe("v")
                try subscriber.connect(bound)
                #expect(try publisher.next() == "\u{1}v")
                try publisher.grant("v")
                try publisher.sendNextToLastNoticed()
                try publisher.put("v for \(index)")
            }
            try publisher.put("v for all")
            for (index, subscriber) in subscribers.enumerated() {
                #expect(try subscriber.next() == "v for \(index)")
                #expect(try subscriber.next() == "v for all")
            }
        }
    }

    @Test("a welcome message comes first", arguments: transports)
    func welcome(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            #expect(publisher.welcomeMessage == nil)
            publisher.welcomeMessage = ["welcome", "to you"]
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe()
            #expect(subscriber.topicCount == 1)
            try subscriber.connect(publisher.bind(endpoint))
            try publisher.waitForSubscribers(atLeast: 1, timeout: enough)
            try publisher.put("news")
            #expect(try subscriber.next(2) == [["welcome", "to you"], "news"])
        }
    }

    @Test("matching can be turned round", arguments: transports)
    func inverted(endpoint: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            #expect(!publisher.invertsMatching && !subscriber.invertsMatching)
            publisher.invertsMatching = true
            subscriber.invertsMatching = true
            try subscriber.subscribe("no")
            try subscriber.connect(publisher.bind(endpoint))
            try publisher.waitForSubscribers(atLeast: 1, to: "no", timeout: enough)
            for message in ["no", "yes", "no more", "end"] as [Message] {
                try publisher.put(message)
            }
            #expect(try subscriber.next(2) == ["yes", "end"])
        }
    }

    @Test("an XSUB tells every cancellation if it shall", arguments: [false, true])
    func cancellations(all: Bool) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.notices = .everything
            let subscriber = XSubscriberSocket(context: context)
            #expect(!subscriber.forwardsEveryCancellation)
            subscriber.forwardsEveryCancellation = all
            try subscriber.connect(publisher.bind("inproc://cancellations"))
            for byte in ["\u{1}", "\u{1}", "\u{0}", "\u{0}"] { try subscriber.put("\(byte)a") }
            try subscriber.put("\u{1}end")
            var count = 0
            while try publisher.next() != "\u{1}end" { count += 1 }
            #expect(count == (all ? 4 : 3))
        }
    }
}
