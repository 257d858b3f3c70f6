import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Hostile peers, E: subscriptions")
struct SubscriptionRows {
    private let letterA: [UInt8] = [0x41]

    /// Waits until the publisher has handled everything that `bad` sent before.
    private func settle(_ bad: RawPeer, _ subject: Subject<PublisherSocket>) throws {
        bad.send(Wire.subscribe(Array("mark".utf8)))
        try subject.socket.waitForSubscribers(atLeast: 1, to: "mark", timeout: .seconds(10))
    }

    private func publish(_ subject: Subject<PublisherSocket>) throws {
        for text in ["A1", "B1", "mark"] {
            try subject.socket.send(Message(text), timeout: .seconds(10))
        }
    }

    private func received(by bad: RawPeer) throws -> [String] {
        var texts: [String] = []
        while let text = Optional(try bad.receiveFrame().text), text != "mark" {
            texts.append(text)
        }
        return texts
    }

    @Test("E01 E03 both forms of a subscription have the same effect", arguments: [false, true])
    func forms(isMessage: Bool) throws {
        let subject = try publisherSubject(at: transports[0])
        let bad = try subject.attack(as: "SUB")
        bad.send(isMessage ? Wire.frame([1, 0x41]) : Wire.subscribe(letterA))
        try settle(bad, subject)
        try publish(subject)
        #expect(try received(by: bad) == ["A1"])
        bad.send(isMessage ? Wire.frame([0, 0x41]) : Wire.cancel(letterA))
        bad.send(Wire.cancel(Array("mark".utf8)))
        try settle(bad, subject)
        try subject.expectService(of: bad)
    }

    @Test("E02 the empty topic is everything")
    func everything() throws {
        let subject = try publisherSubject(at: transports[0])
        let bad = try subject.attack(as: "SUB")
        bad.send(Wire.subscribe([]))
        try settle(bad, subject)
        try publish(subject)
        #expect(try received(by: bad) == ["A1", "B1"])
        try subject.expectService(of: bad)
    }

    @Test("E04 E05 a peer's subscriptions are a set")
    func set() throws {
        let subject = try publisherSubject(at: transports[0])
        let before = subject.socket.subscriptionCount
        let bad = try subject.attack(as: "SUB")
        bad.send(Wire.cancel(letterA) + Wire.subscribe(letterA) + Wire.subscribe(letterA))
        bad.send(Wire.cancel(letterA))
        try settle(bad, subject)
        #expect(subject.socket.subscriptionCount == before + 1)
        try publish(subject)
        #expect(try received(by: bad) == [])
        try subject.expectService(of: bad)
        #expect(subject.socket.subscriptionCount == before)
    }

    @Test("E05 E08 our subscriber counts its calls and repeats its topics to each new publisher")
    func subscriber() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let sub = SubscriberSocket(context: context)
        sub.options.reconnect = .backoff(from: .milliseconds(50), upTo: .seconds(1))
        try sub.connect(server.endpoint)
        let first = try server.accept()
        try first.shakeHands(as: "PUB")
        try sub.subscribe("A")
        #expect(try first.receiveFrame().body == Array("\u{9}SUBSCRIBEA".utf8))
        try sub.subscribe("A")
        try sub.subscribe("B")
        #expect(try first.receiveFrame().body == Array("\u{9}SUBSCRIBEB".utf8))
        try sub.unsubscribe("B")
        #expect(try first.receiveFrame().body == Array("\u{6}CANCELB".utf8))
        try sub.unsubscribe("A")
        #expect(first.isSilent(milliseconds: 20))
        first.close()

        let second = try server.accept()
        try second.shakeHands(as: "PUB")
        #expect(try second.receiveFrame().body == Array("\u{9}SUBSCRIBEA".utf8))
        #expect(second.isSilent(milliseconds: 20))
        try sub.unsubscribe("A")
        #expect(try second.receiveFrame().body == Array("\u{6}CANCELA".utf8))
    }

    @Test("A08 to a publisher of ZMTP 3.0 subscriptions are messages")
    func oldPublisher() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let sub = SubscriberSocket(context: context)
        try sub.connect(server.endpoint)
        try sub.subscribe("AB")
        let peer = try server.accept()
        try peer.shakeHands(as: "PUB", minor: 0)
        #expect(try peer.receiveFrame() == RawFrame(flags: 0, body: [1, 0x41, 0x42]))
        peer.send(Wire.text("ABC"))
        #expect(try sub.receive(timeout: .seconds(10)) == "ABC")
    }

    @Test("E06 many topics are held, and given back with the connection")
    func manyTopics() throws {
        let subject = try publisherSubject(at: transports[0])
        let before = subject.socket.subscriptionCount
        let bad = try subject.attack(as: "SUB")
        var octets: [UInt8] = []
        for number in 0..<20_000 as Range<UInt64> {
            octets += Wire.subscribe(Wire.bigEndian(number) + Wire.bigEndian(number))
        }
        bad.send(octets)
        try settle(bad, subject)
        #expect(subject.socket.subscriptionCount == before + 20_001)
        try subject.expectService(of: bad)
        #expect(subject.socket.subscriptionCount == before)
    }

    @Test("E06 a peer with too many octets of topics is cut off", arguments: [false, true])
    func topicOctets(isMessage: Bool) throws {
        let subject = try publisherSubject(at: transports[0])
        let before = subject.socket.subscriptionCount
        let bad = try subject.attack(as: "SUB")
        for number in 0..<1100 as Range<UInt64> {
            let topic = Wire.bigEndian(number) + [UInt8](repeating: 0, count: 65_528)
            let isSent = bad.send(isMessage ? Wire.frame([1] + topic) : Wire.subscribe(topic))
            if !isSent { break }
        }
        try subject.expectRejection(of: bad, FrameRows.isTooLong)
        #expect(subject.socket.subscriptionCount == before)
    }

    @Test("a topic beyond the limit is refused on its header", arguments: [false, true])
    func longTopic(isMessage: Bool) throws {
        let subject = try publisherSubject(at: transports[0])
        let bad = try subject.attack(as: "SUB")
        let topic = [UInt8](repeating: 0x41, count: 65_537)
        bad.send(isMessage ? Wire.frame([1] + topic) : Wire.subscribe(topic))
        try subject.expectRejection(of: bad, FrameRows.isTooLong)
    }

    @Test("E07 messages to a publisher are dropped")
    func messages() throws {
        let subject = try publisherSubject(at: transports[0])
        let bad = try subject.attack(as: "SUB")
        bad.send((0..<100_000).flatMap { _ in [0, 3, 2, 0x61, 0x62] as [UInt8] })
        bad.send(Wire.frame([UInt8](repeating: 9, count: 100_000)))
        bad.send(Wire.frame([1, 0x41], flags: 1) + Wire.frame([1, 0x41]))
        try subject.expectService(of: bad)
    }

    @Test("a long subscription in pieces reaches an XPUB as one notice", arguments: transports)
    func longNotice(transport: String) throws {
        let context = Context()
        defer { context.shutDown() }
        let publisher = XPublisherSocket(context: context)
        let bad = try RawPeer(connectingTo: publisher.bind(transport).description)
        try bad.shakeHands(as: "SUB")
        let topic = [UInt8](repeating: 0x41, count: 50_000)
        let frame = Wire.frame([1] + topic)
        bad.send(Array(frame[..<20_000]))
        #expect(bad.isSilent(milliseconds: 10))
        bad.send(Array(frame[20_000...]))
        #expect(try publisher.receive(timeout: .seconds(10)) == Message([1] + topic))
        #expect(publisher.subscriptionCount == 1)
    }

    @Test("E07 subscriptions behind messages that are kept back are not lost")
    func keptBack() throws {
        let context = Context()
        defer { context.shutDown() }
        let publisher = XPublisherSocket(context: context)
        publisher.receiveHighWaterMark = 10
        let bad = try RawPeer(connectingTo: publisher.bind(transports[0]).description)
        try bad.shakeHands(as: "SUB")
        var octets: [UInt8] = []
        for number in 0..<200 as Range<UInt8> {
            octets += Wire.frame([2, number]) + Wire.frame([1, number])
        }
        bad.send(octets)
        var notices = 0
        for _ in 0..<400 {
            let message = try publisher.receive(timeout: .seconds(10))
            if message[0].first == 1 { notices += 1 }
        }
        #expect(notices == 200 && publisher.subscriptionCount == 200)
    }
}
