// Espresso: a listener that sees everything that goes through a forwarder, subscriptions too.
//
//     publisher ──▶ XSUB  proxy  XPUB ──▶ subscriber
//                          ╰──▶ PAIR, listener
//
// A subscription is a message that goes the other way: a byte, 1 or 0, and the topic.

import ZeroMQ

extension GuideProgram {
    static let espresso = GuideProgram(
        name: "espresso",
        pattern: "PUB, XSUB, XPUB, SUB, PAIR",
        tryThis: "start and stop subscribers, and watch what the listener prints",
        shows: "a proxy with a capture, and that subscriptions travel upstream",
        roles: [
            Role(name: "proxy", arguments: "[publishers] [subscribers]") { arguments in
                try await Espresso.forward(
                    publishers: arguments.text(0, default: "tcp://127.0.0.1:6000"),
                    subscribers: arguments.text(1, default: "tcp://127.0.0.1:6001")
                )
            },
            Role(name: "publisher", arguments: "[proxy]") { arguments in
                try await Espresso.publish(arguments.text(0, default: "tcp://127.0.0.1:6000"))
            },
            Role(name: "subscriber", arguments: "[proxy]") { arguments in
                try await Espresso.subscribe(arguments.text(0, default: "tcp://127.0.0.1:6001"))
            },
        ],
        play: {
            let (front, back) = ("inproc://publishers", "inproc://subscribers")
            // The play ends when the listener has seen both subscriptions go.
            try await playing(together: [
                { try await Espresso.publish(front) },
                { try await Espresso.subscribe(back) },
            ]) {
                try await Espresso.forward(publishers: front, subscribers: back, cancellations: 2)
            }
        }
    )
}

private enum Espresso {
    static func forward(
        publishers: String,
        subscribers: String,
        cancellations: Int = .max
    ) async throws {
        try await withSocket(XSubscriberSocket()) { frontend in
            try await withSocket(XPublisherSocket()) { backend in
                try await withSocket(PairSocket()) { capture in
                    try frontend.bind(publishers)
                    try backend.bind(subscribers)
                    try capture.bind("inproc://listener")
                    let proxy = Proxy(frontend: frontend, backend: backend, capture: capture)
                    try await playing({ try await proxy.run() }) {
                        try await listen("inproc://listener", cancellations: cancellations)
                    }
                }
            }
        }
    }

    private static func listen(_ endpoint: String, cancellations: Int) async throws {
        try await withSocket(PairSocket()) { listener in
            try listener.connect(endpoint)
            var left = cancellations
            while left > 0 {
                let message = try await listener.receive()
                switch message.first?.first {
                case 1: say("listener: subscribe \(Frame(message[0].dropFirst()))")
                case 0:
                    say("listener: unsubscribe \(Frame(message[0].dropFirst()))")
                    left -= 1
                default: say("listener: \(message)")
                }
            }
        }
    }

    static func publish(_ proxy: String) async throws {
        try await withSocket(PublisherSocket(), linger: .discard) { publisher in
            try publisher.connect(proxy)
            while true {
                let letter = "ABCDEFGHIJ".randomElement() ?? "A"
                try await publisher.send("\(letter)-\(Int.random(in: 0..<100_000))")
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    static func subscribe(_ proxy: String) async throws {
        try await withSocket(SubscriberSocket()) { subscriber in
            try subscriber.subscribe("A")
            try subscriber.subscribe("B")
            try subscriber.connect(proxy)
            for _ in 1...5 { say("subscriber: \(try await subscriber.receive())") }
        }
    }
}
