// Synchronized publisher: nothing is published before all subscribers are there.
//
//     publisher (PUB) ──▶ ten subscribers (SUB)
//
// A publisher knows who has subscribed, so it needs no second pair of sockets on which subscribers
// report. Nothing is lost: the publisher's limit is lifted, and "END" comes after everything.

import ZeroMQ

extension GuideProgram {
    static let synchronizedPublisher = GuideProgram(
        name: "synchronized-publisher",
        pattern: "PUB, SUB",
        tryThis: "start the subscribers one by one, and compare what they count",
        shows: "a publisher that waits for its subscribers",
        roles: [
            Role(name: "publisher", arguments: "[endpoint] [subscribers] [count]") { arguments in
                try await SynchronizedPublisher.publish(
                    arguments.text(0, default: "tcp://127.0.0.1:5561"),
                    subscribers: arguments.number(1, default: 10),
                    count: arguments.number(2, default: 1_000_000)
                )
            },
            Role(name: "subscriber", arguments: "[publisher]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5561")
                try await SynchronizedPublisher.subscribe(endpoint)
            },
        ],
        play: {
            let endpoint = "inproc://updates"
            try await playing({
                try await SynchronizedPublisher.publish(endpoint, subscribers: 10, count: 10_000)
            }) {
                try await withThrowingTaskGroup { group in
                    for _ in 1...10 {
                        group.addTask { try await SynchronizedPublisher.subscribe(endpoint) }
                    }
                    try await group.waitForAll()
                }
                say("all subscribers have ended")
            }
        }
    )
}

private enum SynchronizedPublisher {
    static func publish(_ endpoint: String, subscribers: Int, count: Int) async throws {
        try await withSocket(PublisherSocket()) { publisher in
            publisher.sendHighWaterMark = .unlimited
            try publisher.bind(endpoint)
            say("publisher: waiting for \(subscribers) subscribers")
            try await publisher.waitForSubscribers(atLeast: subscribers)
            for _ in 0..<count { try await publisher.send("Rhubarb") }
            try await publisher.send("END")
        }
    }

    static func subscribe(_ publisher: String) async throws {
        try await withSocket(SubscriberSocket()) { subscriber in
            try subscriber.subscribe()
            try subscriber.connect(publisher)
            var count = 0
            while try await subscriber.receive() != "END" { count += 1 }
            say("subscriber: \(count) updates")
        }
    }
}
