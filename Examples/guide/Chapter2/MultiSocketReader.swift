// Multi-socket reader: one task that reads whatever comes first from two sockets.
//
//     ventilator (PUSH) ──▶ PULL  reader  SUB ◀── publisher (PUB)
//
// `Select` waits for both without a pause and without taking anything ahead. With a task for each
// socket the two would have to share what they do with the messages.

import ZeroMQ

extension GuideProgram {
    static let multiSocketReader = GuideProgram(
        name: "multi-socket-reader",
        pattern: "PUSH, PULL; PUB, SUB",
        tryThis: "send to it with `zmq-cat push` and `zmq-cat pub`",
        shows: "waiting for two sockets at once",
        roles: [
            Role(name: "reader", arguments: "[tasks] [updates] [count]") { arguments in
                try await MultiSocketReader.read(
                    tasks: arguments.text(0, default: "tcp://127.0.0.1:5557"),
                    updates: arguments.text(1, default: "tcp://127.0.0.1:5556"),
                    count: arguments.number(2, default: .max)
                )
            }
        ],
        play: {
            let (tasks, updates) = ("inproc://tasks", "inproc://updates")
            try await playing({ try await MultiSocketReader.feed(tasks, updates) }) {
                try await MultiSocketReader.read(tasks: tasks, updates: updates, count: 6)
            }
        }
    )
}

private enum MultiSocketReader {
    private enum Input {
        case task(Message)
        case update(Message)
    }

    static func read(tasks: String, updates: String, count: Int) async throws {
        try await withSocket(PullSocket()) { work in
            try await withSocket(SubscriberSocket()) { news in
                try work.connect(tasks)
                try news.subscribe()
                try news.connect(updates)
                let select = Select<Input>()
                select.add(work, Input.task)
                select.add(news, Input.update)
                for _ in 0..<count {
                    switch try await select.next() {
                    case .task(let message): say("reader: task \(message)")
                    case .update(let message): say("reader: update \(message)")
                    case nil: return
                    }
                }
            }
        }
    }

    static func feed(_ tasks: String, _ updates: String) async throws {
        try await withSocket(PushSocket()) { ventilator in
            try await withSocket(PublisherSocket()) { publisher in
                try ventilator.bind(tasks)
                try publisher.bind(updates)
                try await publisher.waitForSubscribers()
                for number in 1...3 {
                    try await ventilator.send("\(number)")
                    try await publisher.send("\(number)")
                }
            }
        }
    }
}
