// Last value cache: who subscribes gets the newest value at once, and then what is new.
//
//     publishers ──▶ SUB  cache  XPUB ──▶ subscribers
//
// The XPUB receives each subscription as a message. Before it is granted the newcomer has missed
// everything; with the newest value it has all that counts. Only the newcomer is sent it.

import ZeroMQ

extension GuideProgram {
    static let lastValueCache = GuideProgram(
        name: "last-value-cache",
        pattern: "PUB, SUB, XPUB, SUB",
        tryThis: "start a subscriber long after the publisher has ended",
        shows: "late subscribers that are up to date at once",
        roles: [
            Role(name: "cache", arguments: "[publishers] [subscribers]") { arguments in
                try await LastValueCache.run(
                    publishers: arguments.text(0, default: "tcp://127.0.0.1:5557"),
                    subscribers: arguments.text(1, default: "tcp://127.0.0.1:5558")
                )
            },
            Role(name: "publisher", arguments: "[cache]") { arguments in
                try await LastValueCache.publish(
                    arguments.text(0, default: "tcp://127.0.0.1:5557")
                )
            },
            Role(name: "subscriber", arguments: "[cache] [topic]") { arguments in
                try await LastValueCache.subscribe(
                    arguments.text(0, default: "tcp://127.0.0.1:5558"),
                    topic: arguments.text(1, default: "042"),
                    count: .max
                )
            },
        ],
        play: {
            let (front, back) = ("inproc://publishers", "inproc://subscribers")
            try await playing(
                { try await LastValueCache.run(publishers: front, subscribers: back) }
            ) {
                try await LastValueCache.publish(front)
                for topic in ["042", "777", "042"] {
                    try await LastValueCache.subscribe(back, topic: topic, count: 1)
                }
            }
        }
    )
}

private enum LastValueCache {
    private enum Input {
        case news(Message)
        case notice(Message)
    }

    static func run(publishers: String, subscribers: String) async throws {
        try await withSocket(SubscriberSocket()) { feed in
            try await withSocket(XPublisherSocket()) { out in
                try feed.subscribe()
                // Every subscription is a notice, and in force when it is granted.
                out.isManual = true
                try feed.bind(publishers)
                try out.bind(subscribers)
                var values: [Frame: Message] = [:]
                let select = Select<Input>()
                select.add(feed, Input.news)
                select.add(out, Input.notice)
                for try await input in select {
                    switch input {
                    case .news(let message):
                        values[message.first ?? ""] = message
                        try await out.send(message)
                    case .notice(let message):
                        guard let notice = message.first else { continue }
                        let topic = Frame(notice.dropFirst())
                        guard notice.first == 1 else {
                            try out.revoke(topic)
                            continue
                        }
                        try out.grant(topic)
                        // A topic is a prefix: several values may begin with it.
                        for (key, value) in values where key.starts(with: topic) {
                            try out.sendNextToLastNoticed()
                            try await out.send(value)
                        }
                    }
                }
            }
        }
    }

    /// Publishes a value for each of a thousand topics, and is gone.
    static func publish(_ cache: String) async throws {
        try await withSocket(PublisherSocket()) { publisher in
            // All of them at once are more than a subscriber's queue would hold by default.
            publisher.sendHighWaterMark = .unlimited
            try publisher.connect(cache)
            try await publisher.waitForSubscribers()
            for number in 0..<1000 {
                let text = String(number)
                let topic = String(repeating: "0", count: 3 - text.count) + text
                try await publisher.send([Frame(topic), "Save Roger"])
            }
        }
        say("publisher: 1000 values")
    }

    static func subscribe(_ cache: String, topic: String, count: Int) async throws {
        try await withSocket(SubscriberSocket()) { subscriber in
            try subscriber.subscribe(Frame(topic))
            try subscriber.connect(cache)
            for _ in 0..<count { say("subscriber: \(try await subscriber.receive())") }
        }
    }
}
