import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, E: subscriptions")
struct SubscriptionRows {
    private let letterA: [UInt8] = [0x41]

    /// Waits until the publisher has handled everything that `bad` sent before.
    private func settle(_ bad: RawPeer, _ subject: Subject) throws {
        bad.send(Wire.subscribe(Array("mark".utf8)))
        try subject.remote.waitForSubscribers(to: Array("mark".utf8))
    }

    private func publish(_ subject: Subject) throws {
        for text in ["A1", "B1", "mark"] {
            try subject.remote.send(Message(text))
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
        let before = try subject.remote.subscriptionCount
        let bad = try subject.attack(as: "SUB")
        bad.send(Wire.cancel(letterA) + Wire.subscribe(letterA) + Wire.subscribe(letterA))
        bad.send(Wire.cancel(letterA))
        try settle(bad, subject)
        #expect(try subject.remote.subscriptionCount == before + 1)
        try publish(subject)
        #expect(try received(by: bad) == [])
        try subject.expectService(of: bad)
        #expect(try subject.remote.subscriptionCount == before)
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
        #expect(try first.receiveFrame().body == Array("\u{9}SUBSCRIBEA".utf8))
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

    @Test("A08 E01 a subscriber of ZMTP 3.0 is served")
    func oldSubscriber() throws {
        let subject = try publisherSubject(at: transports[0])
        let bad = try subject.attack(as: "SUB", minor: 0)
        bad.send(Wire.frame([1, 0x41]) + Wire.frame([1] + Array("mark".utf8)))
        try subject.remote.waitForSubscribers(to: Array("mark".utf8))
        try publish(subject)
        #expect(try received(by: bad) == ["A1"])
        #expect(bad.isSilent(milliseconds: 20))
        try subject.expectService(of: bad)
    }

    @Test("E09 what is published after a cancellation does not leave")
    func cancelled() throws {
        let subject = try publisherSubject(at: transports[0], [.sendBuffer: 4096])
        let bad = try subject.attack(as: "SUB")
        bad.send(Wire.subscribe(letterA))
        try settle(bad, subject)
        // More than the kernel takes: most of it is queued when the subscription ends.
        try subject.remote.ask("flood", "A", "\(1 << 20)")
        bad.send(Wire.cancel(letterA) + Wire.subscribe(Array("over".utf8)))
        try subject.remote.waitForSubscribers(to: Array("over".utf8))
        try publish(subject)
        #expect(try bad.receiveFrame().body.count == 1 << 20)
        #expect(try received(by: bad) == [])
        try subject.expectService(of: bad, bounds: Bounds(memory: 6 << 20))
    }
}
