// Bridge: a publisher's messages on the other side of a wall that lets only requests out.
//
// The near side numbers what is published and keeps it for a while. The far side asks for what
// comes after the last number it has, and publishes it again: a lost connection costs nothing.

import ZeroMQ

extension GuideProgram {
    static let bridge = GuideProgram(
        name: "bridge",
        pattern: "SUB, ROUTER, REQ, PUB",
        tryThis: "kill the far side and start it again; stop the near side with SIGSTOP",
        shows: "publishing over request and reply, without gap",
        roles: [
            Role(name: "near", arguments: "[publisher] [endpoint]") { arguments in
                try await Bridge.near(
                    publisher: arguments.text(0, default: "tcp://localhost:5556"),
                    endpoint: arguments.text(1, default: "tcp://*:5557")
                )
            },
            Role(name: "far", arguments: "[near] [endpoint]") { arguments in
                try await Bridge.far(
                    near: arguments.text(0, default: "tcp://localhost:5557"),
                    endpoint: arguments.text(1, default: "tcp://*:5558")
                )
            },
        ],
        play: {
            try await withSockets(PublisherSocket(), SubscriberSocket()) { publisher, subscriber in
                let source = "\(try publisher.bind("tcp://127.0.0.1:*"))"
                let (wall, outside) = ("inproc://bridge-wall", "inproc://bridge-outside")
                try subscriber.subscribe("news")
                try subscriber.connect(outside)
                try await playing(together: [
                    { try await Bridge.near(publisher: source, endpoint: wall) },
                    { try await Bridge.far(near: wall, endpoint: outside) },
                ]) {
                    // Until the way is open from one end to the other.
                    repeat {
                        try await publisher.send(["news", "0"])
                    } while try await subscriber.receive(within: .milliseconds(100)) == nil
                    for number in 1...20 { try await publisher.send(["news", "\(number)"]) }
                    var numbers: [String] = []
                    while numbers.last != "20" {
                        let message = try await subscriber.receive(timeout: .seconds(10))
                        numbers += message.frame(at: 1).map { [String($0)] } ?? []
                    }
                    let isWhole = numbers.filter { $0 != "0" } == (1...20).map { "\($0)" }
                    say("subscriber: received 20, \(isWhole ? "without" : "with") a gap")
                }
            }
        }
    )
}

private enum Bridge {
    // MARK: The near side

    enum Input {
        case published(Message)
        case wanted(Message)
        case tick
    }

    /// Takes what is published, and answers who asks for it: at once, or when there is something.
    static func near(publisher: String, endpoint: String) async throws {
        try await withSockets(SubscriberSocket(), RouterSocket(), linger: .discard) { news, wall in
            try news.subscribe()
            try news.connect(publisher)
            say("near: at \(try wall.bind(endpoint))")
            let select = Select<Input>()
            select.add(news) { .published($0) }
            select.add(wall) { .wanted($0) }
            select.every(.milliseconds(500)) { .tick }
            var log = BridgeLog()
            var waiting: [Message] = []
            for try await input in select {
                switch input {
                case .published(let message): log.append(message)
                case .wanted(let request): waiting.append(request)
                // An answer without news tells that this side is alive.
                case .tick:
                    for request in waiting { try await wall.reply(to: request, with: log.nothing) }
                    waiting = []
                }
                guard !waiting.isEmpty else { continue }
                var unanswered: [Message] = []
                for request in waiting {
                    let body = request.splitEnvelope()?.body ?? []
                    guard let answer = log.answer(to: body) else {
                        unanswered.append(request)
                        continue
                    }
                    try await wall.reply(to: request, with: answer)
                }
                waiting = unanswered
            }
        }
    }

    // MARK: The far side

    static func far(near: String, endpoint: String) async throws {
        try await withSockets(RequestSocket(), PublisherSocket(), linger: .discard) { wall, news in
            say("far: at \(try news.bind(endpoint))")
            try wall.connect(near)
            var place = BridgePlace()
            while true {
                guard let answer = try await ask(wall, place.request) else {
                    say("far: the near side is silent")
                    continue
                }
                let (messages, missed) = try place.take(answer)
                if missed > 0 { say("far: \(missed) messages came too long ago") }
                for message in messages { try await news.send(message) }
            }
        }
    }

    /// Nil if there is no answer: asking again does no harm, since a question changes nothing.
    private static func ask(_ wall: RequestSocket, _ question: Message) async throws -> Message? {
        do {
            return try await wall.request(question, timeout: .seconds(2))
        } catch ZeroMQError.Code.timedOut {
            return nil
        } catch ZeroMQError.Code.notConnected {
            return nil
        }
    }
}

/// What was published, by number. A question is the log's name and the first number wanted.
private struct BridgeLog {
    /// A log that begins again has another name, so that its numbers are not taken for the old.
    private let name = Frame(bigEndian: UInt64.random(in: 1...UInt64.max))
    private let limit = 10_000
    private var messages: [Message] = []
    /// The number of the first message that is kept.
    private var first: UInt64 = 0

    private var end: UInt64 { first + UInt64(messages.count) }

    mutating func append(_ message: Message) {
        messages.append(message)
        guard messages.count > limit else { return }
        // Half at a time: taking the first of an array moves all others.
        messages.removeFirst(limit / 2)
        first += UInt64(limit / 2)
    }

    /// An answer that brings nothing.
    var nothing: Message { [name, Frame(bigEndian: end)] }

    /// The log's name, the number of the first message, and messages; nil if there are none yet.
    func answer(to question: Message) -> Message? {
        // Who knows another log, or none, begins with all that is kept.
        let isOurs = question.frame(at: 0) == name
        let wanted = isOurs ? question.frame(at: 1)?.bigEndian(as: UInt64.self) ?? first : first
        let start = min(max(wanted, first), end)
        guard start < end else { return nil }
        let batch = messages[Int(start - first)...].prefix(1000)
        return [name, Frame(bigEndian: start)] + batch.map { Frame($0.encoded) }
    }
}

/// How far the far side has come.
private struct BridgePlace {
    private var log: Frame = ""
    private var next: UInt64 = 0

    var request: Message { [log, Frame(bigEndian: next)] }

    /// The messages of an answer, and how many have been thrown away before they were asked for.
    mutating func take(_ answer: Message) throws -> (messages: [Message], missed: UInt64) {
        var rest = answer
        guard let name = rest.popFirst(),
            let start = rest.popFirst()?.bigEndian(as: UInt64.self)
        else { return ([], 0) }
        let messages = try rest.map { try Message(encoded: $0) }
        defer { (log, next) = (name, start + UInt64(messages.count)) }
        return (messages, name == log && start > next ? start - next : 0)
    }
}
