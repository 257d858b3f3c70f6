import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("What peers have not been told of subscriptions", .serialized)
struct SubscriptionChangesTests {
    private func change(_ topic: Int, _ isSubscribe: Bool) -> SubscriptionMessage {
        SubscriptionMessage(topic: Frame("\(topic)"), isSubscribe: isSubscribe)
    }

    @Test("while there is no connection nothing is kept")
    func disconnected() {
        var changes = SubscriptionChanges()
        for number in 0..<10 { changes.append(change(number, true), isRepetition: false) }
        #expect(changes.isEmpty)
        changes.connect()
        // What changes now is among the topics that are going to be named.
        changes.append(change(1, true), isRepetition: false)
        #expect(changes.isEmpty)
        changes.name([Frame("1")])
        changes.append(change(2, true), isRepetition: false)
        #expect(changes.count == 2)
        changes.disconnect()
        changes.name([Frame("1")])
        changes.append(change(3, true), isRepetition: false)
        #expect(changes.isEmpty)
    }

    @Test("a few changes are told as they came")
    func few() {
        var changes = SubscriptionChanges()
        changes.connect()
        changes.name([])
        let wanted = [(1, true), (1, false), (2, true), (1, true), (2, true)]
        for (topic, isSubscribe) in wanted {
            changes.append(change(topic, isSubscribe), isRepetition: false)
        }
        let told = changes.take(bytes: 1000)
        #expect(told.map { String($0.topic) } == wanted.map { "\($0.0)" })
        #expect(told.map(\.isSubscribe) == wanted.map(\.1))
        #expect(changes.isEmpty)
    }

    @Test("however many there are, the peer ends with what the socket has", arguments: 0..<20)
    func many(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var changes = SubscriptionChanges(longest: 8)
        // How often the socket has asked for each topic, and what the peer believes.
        var wanted: [Int: Int] = [:]
        var known: Set<Frame> = []
        let repeats = seed % 2 == 1
        changes.connect()
        changes.name([])
        func tell(_ bytes: Int) {
            for message in changes.take(bytes: bytes) {
                if message.isSubscribe {
                    known.insert(message.topic)
                } else {
                    known.remove(message.topic)
                }
            }
        }
        for step in 0..<5000 {
            let topic = Int.random(in: 0..<40, using: &random)
            let calls = wanted[topic, default: 0]
            if calls > 0, Bool.random(using: &random) {
                wanted[topic] = calls - 1
                if calls == 1 { changes.append(change(topic, false), isRepetition: false) }
            } else {
                wanted[topic] = calls + 1
                if calls == 0 || repeats {
                    changes.append(change(topic, true), isRepetition: calls > 0)
                }
            }
            #expect(changes.count <= 48)
            if step % 500 == 0 {
                tell(Int.random(in: 0..<200, using: &random))
                if step % 1000 == 0 {
                    changes.name(wanted.filter { $0.value > 0 }.map { Frame("\($0.key)") })
                }
            }
        }
        tell(.max)
        #expect(known == Set(wanted.filter { $0.value > 0 }.map { Frame("\($0.key)") }))
    }

    @Test("a topic is told behind changes that wait among messages, when the connection is new")
    func outlivedCancellation() {
        func told(_ messages: [SubscriptionMessage]) -> [String] {
            messages.map { "\($0.isSubscribe ? "+" : "-")\(String($0.topic))" }
        }
        var changes = SubscriptionChanges()
        changes.connect()
        changes.name([])
        changes.append(change(1, true), isRepetition: false)
        #expect(told(changes.take(bytes: 100)) == ["+1"])
        // A message is under way from here on: changes wait behind it.
        changes.append(change(1, false), isRepetition: false)
        #expect(changes.take(bytes: 100, messagesAreWritten: false).isEmpty)
        #expect(told(changes.takeForStream()) == ["-1"])
        changes.append(change(1, true), isRepetition: false)
        changes.disconnect()
        changes.connect()
        changes.name([Frame("1")])
        #expect(told(changes.take(bytes: 100, messagesAreWritten: false)) == ["+1"])
        #expect(changes.take(bytes: 100, messagesAreWritten: false).isEmpty)
        // The cancellation has been written by now.
        #expect(told(changes.take(bytes: 100)) == ["+1"])
        changes.disconnect()
        changes.connect()
        changes.name([Frame("1")])
        #expect(told(changes.take(bytes: 100)) == ["+1"])
        #expect(changes.isEmpty)
    }

    @Test("topics that come and go again leave nothing to be told")
    func churn() {
        var changes = SubscriptionChanges()
        changes.connect()
        changes.name([])
        for number in 0..<20_000 {
            changes.append(change(number, true), isRepetition: false)
            changes.append(change(number, false), isRepetition: false)
            #expect(changes.count <= 1001)
        }
    }

    // MARK: Sockets

    /// Reads what a SUB tells until `end` comes; what it is subscribed to then.
    private func readAll(_ peer: RawPeer, until end: String) throws -> Set<String> {
        var topics: Set<String> = []
        while true {
            let frame = try peer.receiveFrame()
            let isSubscribe = frame.body.starts(with: [9] + Array("SUBSCRIBE".utf8))
            let name = isSubscribe ? 10 : 7
            let topic = String(decoding: frame.body.dropFirst(name), as: UTF8.self)
            if isSubscribe { topics.insert(topic) } else { topics.remove(topic) }
            if topic == end { return topics }
        }
    }

    private func toggle(_ subscriber: SubscriberSocket, _ count: Int) throws {
        let tail = String(repeating: ".", count: 300)
        for number in 0..<count {
            try subscriber.subscribe("\(number)\(tail)")
            try subscriber.unsubscribe("\(number)\(tail)")
        }
    }

    @Test("a peer that does not read, or is not there, costs no memory", arguments: [true, false])
    func memory(isThere: Bool) throws {
        try inContext { context in
            let server = try RawServer()
            let subscriber = SubscriberSocket(context: context)
            subscriber.options.reconnect = .backoff(
                from: .milliseconds(10),
                upTo: .milliseconds(100)
            )
            subscriber.options.receiveBufferSize = 65_536
            subscriber.options.sendBufferSize = 65_536
            try subscriber.connect(server.endpoint)
            try subscriber.subscribe("first")
            var peer = try server.accept()
            try peer.shakeHands(as: "PUB")
            try subscriber.waitForPeers(atLeast: 1, timeout: enough)
            if !isThere {
                peer.close()
                #expect(subscriber.events.first { $0.isEnd } != nil)
            }
            let before = ProcessMemory.resident
            try toggle(subscriber, 50_000)
            #expect(ProcessMemory.resident - before < 20 << 20)
            try subscriber.unsubscribe("first")
            try subscriber.subscribe("last")
            if !isThere {
                peer = try server.accept()
                try peer.shakeHands(as: "PUB")
            }
            #expect(try readAll(peer, until: "last") == ["last"])
        }
    }

    @Test("a set that is told in many portions arrives whole")
    func portions() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            for number in 10_000..<30_000 { try subscriber.subscribe("topic \(number)") }
            try subscriber.connect(try publisher.bind("tcp://127.0.0.1:*"))
            try publisher.waitForSubscribers(atLeast: 1, to: "topic 29999", timeout: enough)
            #expect(publisher.topicCount == 20_000)
            for number in 10_000..<30_000 { try subscriber.unsubscribe("topic \(number)") }
            try subscriber.subscribe("end")
            try publisher.waitForSubscribers(atLeast: 1, to: "end", timeout: enough)
            #expect(publisher.topicCount == 1)
        }
    }
}

extension SocketEvent {
    fileprivate var isEnd: Bool { if case .disconnected = self { true } else { false } }
}
