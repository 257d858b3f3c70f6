// Published envelopes: the topic in a frame of its own, the data in the next.
//
//     publisher (PUB) ──▶ subscriber (SUB), which wants B
//
// A subscription is compared with the first frame only. So the topic cannot be mistaken for data,
// and the data may be of any kind.

import ZeroMQ

extension GuideProgram {
    static let publishedEnvelopes = GuideProgram(
        name: "published-envelopes",
        pattern: "PUB, SUB",
        tryThis: "start a subscriber to A",
        shows: "messages of two frames, and who gets them",
        roles: [
            Role(name: "publisher", arguments: "[endpoint]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5563")
                try await PublishedEnvelopes.publish(endpoint)
            },
            Role(name: "subscriber", arguments: "[publisher] [topic]") { arguments in
                try await PublishedEnvelopes.subscribe(
                    arguments.text(0, default: "tcp://127.0.0.1:5563"),
                    topic: arguments.text(1, default: "B"),
                    count: .max
                )
            },
        ],
        play: {
            let endpoint = "inproc://updates"
            try await playing({ try await PublishedEnvelopes.publish(endpoint) }) {
                try await PublishedEnvelopes.subscribe(endpoint, topic: "B", count: 3)
            }
        }
    )
}

private enum PublishedEnvelopes {
    static func publish(_ endpoint: String) async throws {
        try await withSocket(PublisherSocket(), linger: .discard) { publisher in
            try publisher.bind(endpoint)
            while true {
                try await publisher.send(["A", "We don't want to see this"])
                try await publisher.send(["B", "We would like to see this"])
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    static func subscribe(_ publisher: String, topic: String, count: Int) async throws {
        try await withSocket(SubscriberSocket()) { subscriber in
            try subscriber.subscribe(Frame(topic))
            try subscriber.connect(publisher)
            for _ in 0..<count { say("subscriber: \(try await subscriber.receive())") }
        }
    }
}
