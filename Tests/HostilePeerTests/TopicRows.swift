import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, E: many topics and misplaced messages")
struct TopicRows {
    /// Two seconds for a million topics are meant for a build that is optimised.
    private static let patience: Duration = {
        #if DEBUG
        .seconds(Counts.pick(everyday: 2, full: 10))
        #else
        .seconds(2)
        #endif
    }()

    /// Subscriptions to so many topics of 16 bytes.
    private func subscriptions(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(28 * count)
        for number in 0..<UInt64(count) {
            let half = Wire.bigEndian(number)
            bytes += [4, 26, 9] + Array("SUBSCRIBE".utf8) + half + half
        }
        return bytes
    }

    /// The topics of a peer that has gone are forgotten some at a time.
    private func expectForgotten(_ subject: Subject, downTo count: Int) throws {
        let end = ContinuousClock.now + .seconds(10)
        while try subject.remote.subscriptionCount != count, ContinuousClock.now < end {
            letPass(.milliseconds(1))
        }
        #expect(try subject.remote.subscriptionCount == count)
    }

    private func settle(_ bad: RawPeer, _ subject: Subject) throws {
        bad.send(Wire.subscribe(Array("mark".utf8)))
        try subject.remote.waitForSubscribers(to: Array("mark".utf8))
    }

    @Test("E06 many topics are held for 200 bytes each, and given back with the connection")
    func manyTopics() throws {
        let subject = try publisherSubject(at: transports[0])
        let before = try subject.remote.subscriptionCount
        let count = Counts.pick(everyday: 100_000, full: 1_000_000)
        let bytes = subscriptions(count - 1)
        let bounds = Bounds(memory: 4 << 20 + 200 * count, isFlood: true, patience: Self.patience)
        // The second time shows that the first gave everything back.
        for _ in 0..<2 {
            let bad = try subject.attack(as: "SUB")
            let flood = Background { bad.send(bytes, milliseconds: 60_000) }
            while !flood.hasEnded { try subject.exchange(within: Self.patience) }
            try settle(bad, subject)
            #expect(try subject.remote.subscriptionCount == before + count)
            subject.remote.expectBoundedMemory(bounds)
            try subject.expectService(of: bad, bounds: bounds)
            try expectForgotten(subject, downTo: before)
        }
    }

    @Test("E06 a peer with too many topics is cut off", .enabled(if: Counts.areFull))
    func tooManyTopics() throws {
        let subject = try publisherSubject(at: transports[0])
        let bad = try subject.attack(as: "SUB")
        bad.send(subscriptions(1_000_001))
        try subject.expectRejection(
            of: bad,
            { $0 == .limitExceeded("topics of one peer") },
            bounds: Bounds(memory: 256 << 20, isFlood: true, patience: Self.patience)
        )
    }

    @Test("E06 a peer with too many bytes of topics is cut off", arguments: [false, true])
    func topicBytes(isMessage: Bool) throws {
        let subject = try publisherSubject(at: transports[0])
        let before = try subject.remote.subscriptionCount
        let bad = try subject.attack(as: "SUB")
        for number in 0..<1100 as Range<UInt64> {
            let topic = Wire.bigEndian(number) + [UInt8](repeating: 0, count: 65_528)
            let isSent = bad.send(isMessage ? Wire.frame([1] + topic) : Wire.subscribe(topic))
            if !isSent { break }
        }
        try subject.expectRejection(
            of: bad,
            FrameRows.isTooLong,
            bounds: Bounds(memory: 96 << 20, isFlood: true)
        )
        #expect(try subject.remote.subscriptionCount == before)
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
        bad.send(
            (0..<Counts.pick(everyday: 100_000, full: 1_000_000)).flatMap { _ in
                [0, 3, 2, 0x61, 0x62] as [UInt8]
            }
        )
        bad.send(Wire.frame([UInt8](repeating: 9, count: 100_000)))
        bad.send(Wire.frame([1, 0x41], flags: 1) + Wire.frame([1, 0x41]))
        try subject.expectService(of: bad, bounds: Bounds(isFlood: true))
    }

    @Test("E07 an XPUB that does not read its peers' messages holds no more than its mark")
    func unreadMessages() throws {
        let subject = try xPublisherSubject(at: transports[0], [.receiveMark: 100])
        let bad = try subject.attack(as: "SUB")
        let count = Counts.pick(everyday: 100_000, full: 1_000_000)
        let bytes = (0..<count).flatMap { _ in [0, 3, 2, 0x61, 0x62] as [UInt8] }
        let flood = Background { bad.send(bytes, milliseconds: 60_000) }
        try subject.exchange()
        subject.remote.expectIdle(Bounds())
        subject.remote.expectBoundedMemory()
        #expect(try subject.remote.ask("match", "\(count)", "026162") == ["\(count)"])
        #expect(flood.wait())
        try subject.expectService(of: bad)
    }

    @Test("E10 a peer with many topics dies while the application of the XPUB does not read")
    func lateReader() throws {
        let subject = try xPublisherSubject(at: transports[0])
        let before = try subject.remote.subscriptionCount
        // The topics, and one notice of each.
        let bounds = Bounds(memory: 4 << 20 + 600 * 100_000, isFlood: true)
        for _ in 0..<Counts.pick(everyday: 1, full: 5) {
            let bad = try subject.attack(as: "SUB")
            bad.send(subscriptions(100_000))
            try settle(bad, subject)
            subject.remote.expectBoundedMemory(bounds)
            try subject.expectService(of: bad, bounds: bounds)
            try expectForgotten(subject, downTo: before)
        }
        // Whatever is told of those who came and went is settled among itself.
        let notices = try subject.remote.ask("drain").map { $0.split(separator: ",")[0] }
        #expect(notices.count <= 4000)
        let balance = notices.reduce(0) { $0 + ($1.hasPrefix("01") ? 1 : -1) }
        #expect(balance == 0)
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
        var bytes: [UInt8] = []
        for number in 0..<200 as Range<UInt8> {
            bytes += Wire.frame([2, number]) + Wire.frame([1, number])
        }
        bad.send(bytes)
        var notices = 0
        for _ in 0..<400 {
            let message = try publisher.receive(timeout: .seconds(10))
            if message[0].first == 1 { notices += 1 }
        }
        #expect(notices == 200 && publisher.subscriptionCount == 200)
    }
}
