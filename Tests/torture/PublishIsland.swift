import Glibc
import ZeroMQ

extension Island {
    private static let last = Frame("~last")
    private static let words = ["", "a", "ab", "abc", "b", "ba", "c", "cab", "d", "da", "~"]

    /// A publisher that waits for everybody, and subscribers with prefixes, in between a forwarder
    /// or not: each gets what it asked for, and nothing else.
    func publishing(_ dice: inout Dice) throws -> Int {
        let publisher = PublisherSocket(context: context)
        publisher.isLossless = true
        let (subscribers, wishes) = try makeSubscribers(&dice)
        let (crew, others, ledger) = (Crew(), Crew(), Ledger())
        let forwarder = dice.once(in: 3) ? try forward(publisher, subscribers, others) : nil
        if forwarder == nil { try meet([publisher], subscribers, leftBinds: true) }
        let topics = Set(wishes.joined())
        try during("waits for subscriptions") {
            try poll {
                // A forwarder asks for each topic once, and hears of all of them first.
                let there = forwarder?.back.subscriptionCount ?? publisher.subscriptionCount
                let isReady = there == wishes.reduce(0) { $0 + $1.count }
                return isReady && publisher.topicCount == topics.count ? () : nil
            }
        }
        let salt = dice.next()
        try crew.start("publisher") { try publish(publisher, salt, ledger) }
        for (subscriber, wishes) in zip(subscribers, wishes) {
            try crew.start("subscriber to \(wishes.sorted())") {
                try check(subscriber, wishes, salt)
            }
        }
        crew.join()
        forwarder?.proxy.terminate()
        others.join()
        _ = close(publisher, linger: .wait(upTo: Self.patience))
        for subscriber in subscribers { try closeReceiver(subscriber) }
        if let forwarder {
            _ = close(forwarder.front, linger: .discard)
            _ = close(forwarder.back, linger: .discard)
        }
        return ledger.sent
    }

    private func makeSubscribers(
        _ dice: inout Dice
    ) throws -> ([SubscriberSocket], [Set<String>]) {
        var (subscribers, wishes): ([SubscriberSocket], [Set<String>]) = ([], [])
        for _ in 0..<dice.number(1...3) {
            let subscriber = SubscriberSocket(context: context)
            let chosen = (0..<dice.number(0...3)).map { _ in dice.pick(Self.words) }
            let topics = Set(chosen + [String(Self.last)])
            for word in topics { try subscriber.subscribe(Frame(word)) }
            subscribers.append(subscriber)
            wishes.append(topics)
        }
        return (subscribers, wishes)
    }

    private struct Forwarder {
        let front: XSubscriberSocket
        let back: XPublisherSocket
        let proxy: Proxy
    }

    private func forward(
        _ publisher: PublisherSocket,
        _ subscribers: [SubscriberSocket],
        _ crew: Crew
    ) throws -> Forwarder {
        let (front, back) = (
            XSubscriberSocket(context: context), XPublisherSocket(context: context)
        )
        back.isLossless = true
        prepare(publisher, binds: true)
        prepare(front, binds: false)
        prepare(back, binds: true)
        try front.connect(publisher.bind(endpoint(0)))
        let place = try back.bind(endpoint(1))
        for subscriber in subscribers {
            prepare(subscriber, binds: false)
            try subscriber.connect(place)
        }
        let proxy = Proxy(frontend: front, backend: back)
        try crew.start("forwarder") { try during("forwards", isPatient: true, proxy.run) }
        return Forwarder(front: front, back: back, proxy: proxy)
    }

    /// The topic of a message follows from its number.
    private func topic(_ number: UInt64, _ salt: UInt64) -> String {
        var dice = Dice(seed: salt ^ number)
        return (0..<dice.number(0...3)).map { _ in dice.pick(["a", "b", "c", "d"]) }.joined()
    }

    private func publish(_ publisher: PublisherSocket, _ salt: UInt64, _ ledger: Ledger) throws {
        var (bytes, number): (Int, UInt64) = (0, 0)
        while mayGoOn(bytes, number) {
            let message = payload.message(Payload.Origin(sender: 1, number: number))
            bytes += message.reduce(0) { $0 + $1.count }
            let topic = Frame(topic(number, salt))
            try during("publishes number", number) {
                try publisher.send(Message(frames: [topic] + message), timeout: Self.patience)
            }
            ledger.noteSent(1)
            number += 1
        }
        let end = Frame(bigEndian: number)
        try during("publishes the last one") {
            try publisher.send(Message(frames: [Self.last, end]), timeout: Self.patience)
        }
    }

    private func check(
        _ subscriber: SubscriberSocket,
        _ prefixes: Set<String>,
        _ salt: UInt64
    ) throws {
        var next: UInt64 = 0
        while true {
            let message = try during("waits for number or later", next) {
                try subscriber.receive(timeout: Self.patience)
            }
            let isLast = message[0] == Self.last
            guard message.count > 1 else { throw Failure("no message: \(message.count) parts") }
            let number =
                isLast
                ? message[1].bigEndian(as: UInt64.self) ?? 0
                : try payload.origin(of: message.dropFirst()).number
            // Whatever lies between was not wanted.
            while next < number {
                let topic = topic(next, salt)
                if prefixes.contains(where: topic.hasPrefix) {
                    throw Failure("number \(next) with topic '\(topic)' is missing")
                }
                next += 1
            }
            if isLast { return }
            try expect(number == next, "number \(number) after \(next)")
            try checkTopic(message[0], topic(number, salt), prefixes)
            next += 1
        }
    }

    private func checkTopic(
        _ frame: Frame,
        _ topic: String,
        _ prefixes: Set<String>
    ) throws(Failure) {
        try expect(frame == Frame(topic), "topic '\(frame)' instead of '\(topic)'")
        let isWanted = prefixes.contains(where: topic.hasPrefix)
        try expect(isWanted, "topic '\(topic)' is not wanted: \(prefixes)")
    }

    // MARK: Without waiting

    /// A publisher that does not wait: what a subscriber misses is counted, to the message.
    func missing(_ dice: inout Dice) throws -> Int {
        let publisher = PublisherSocket(context: context)
        let (subscribers, wishes) = try makeSubscribers(&dice)
        try meet([publisher], subscribers, leftBinds: dice.once(in: 2))
        try during("waits for subscriptions") {
            try poll {
                publisher.subscriptionCount == wishes.reduce(0) { $0 + $1.count } ? () : nil
            }
        }
        let (salt, ledger, crew) = (dice.next(), Ledger(), Crew())
        ledger.senderBegins()
        for (index, subscriber) in subscribers.enumerated() {
            let wishes = wishes[index]
            try crew.start("subscriber \(index)") {
                try collect(subscriber, as: UInt32(index), wishes, salt, ledger)
            }
        }
        var (bytes, number, unwanted): (Int, UInt64, Int) = (0, 0, 0)
        while mayGoOn(bytes, number) {
            let message = payload.message(Payload.Origin(sender: 1, number: number))
            bytes += message.reduce(0) { $0 + $1.count }
            let topic = topic(number, salt)
            let readers = wishes.indices.filter { wishes[$0].contains(where: topic.hasPrefix) }
            for reader in readers { ledger.noteSent(UInt32(reader), as: number) }
            if readers.isEmpty { unwanted += 1 }
            try during("publishes number", number) {
                try publisher.send(Message(frames: [Frame(topic)] + message))
            }
            number += 1
        }
        let unsent = close(publisher, linger: .wait(upTo: Self.patience))
        let statistics = publisher.statistics
        let missed = statistics.dropped[.peerFull] ?? 0
        ledger.noteDropped(missed)
        ledger.senderEnds()
        crew.join()
        try ledger.close()
        try expect(
            unsent == 0 && statistics.dropped[.noSubscriber] ?? 0 == unwanted
                && statistics.messagesSent == ledger.sent - missed,
            "\(statistics): \(unwanted) unwanted, \(ledger.words)"
        )
        for subscriber in subscribers { try closeReceiver(subscriber) }
        return ledger.received
    }

    private func collect(
        _ subscriber: SubscriberSocket,
        as reader: UInt32,
        _ wishes: Set<String>,
        _ salt: UInt64,
        _ ledger: Ledger
    ) throws {
        var (order, progress) = (OrderCheck(), Progress())
        while true {
            var message = Message()
            let hasCome = try arrives { message = try subscriber.receive(timeout: Self.pause) }
            guard hasCome else {
                if try progress.isOver(ledger) { return }
                continue
            }
            let origin = try payload.origin(of: message.dropFirst())
            try order.note(origin)
            try checkTopic(message[0], topic(origin.number, salt), wishes)
            try ledger.noteReceived(Payload.Origin(sender: reader, number: origin.number))
        }
    }
}
