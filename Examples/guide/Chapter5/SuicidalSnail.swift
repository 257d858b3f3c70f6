// Suicidal Snail: a subscriber that would rather end itself than work on what is long out of date.
//
//     publisher (PUB) ──▶ subscriber (SUB)
//
// Each message says when it was sent. A subscriber that is too slow finds its messages older and
// older. It can tell that by its clock, and nobody else can.

import Foundation
import ZeroMQ

extension GuideProgram {
    static let suicidalSnail = GuideProgram(
        name: "suicidal-snail",
        pattern: "PUB, SUB",
        tryThis: "stop the subscriber with SIGSTOP for a second, and let it go on",
        shows: "a slow subscriber that finds out by itself",
        roles: [
            Role(name: "publisher", arguments: "[endpoint]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5556")
                try await SuicidalSnail.publish(endpoint)
            },
            Role(name: "subscriber", arguments: "[publisher] [work-ms]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5556")
                let work = try arguments.number(1, default: 0)
                try await SuicidalSnail.subscribe(endpoint, work: .milliseconds(work))
            },
        ],
        play: {
            let endpoint = "inproc://clock"
            try await playing({ try await SuicidalSnail.publish(endpoint) }) {
                // Three times as slow as the publisher: late by a second after a second and a half.
                do {
                    try await SuicidalSnail.subscribe(endpoint, work: .milliseconds(3))
                } catch let error as TooLate {
                    say("\(error)")
                }
            }
        }
    )
}

private enum SuicidalSnail {
    static let patience = Duration.seconds(1)

    /// Milliseconds since 1970, as text: other programs, on other machines, have to read it.
    private static var now: Int { Int(Date().timeIntervalSince1970 * 1000) }

    static func publish(_ endpoint: String) async throws {
        try await withSocket(PublisherSocket(), linger: .discard) { publisher in
            // What waits for a slow subscriber is to grow old, and not to be dropped.
            publisher.sendHighWaterMark = .unlimited
            try publisher.bind(endpoint)
            while true {
                try await publisher.send(Message("\(now)"))
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    static func subscribe(_ endpoint: String, work: Duration) async throws {
        try await withSocket(SubscriberSocket()) { subscriber in
            subscriber.receiveHighWaterMark = .unlimited
            try subscriber.subscribe()
            try subscriber.connect(endpoint)
            for try await message in subscriber.messages {
                guard let sent = Int(String(message)) else { continue }
                let delay = Duration.milliseconds(now - sent)
                guard delay < patience else { throw TooLate() }
                if work > .zero { try await Task.sleep(for: work) }
            }
        }
    }
}

private struct TooLate: Error, CustomStringConvertible {
    var description: String { "subscriber: cannot keep up, aborting" }
}
