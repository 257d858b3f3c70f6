import LibZMQ
import Testing
import ZeroMQ
import ZeroMQProtocol

/// Conversations between every socket of ours and every socket of libzmq's that it may talk to.
///
/// If libzmq is not installed these tests fail; a missing peer is no reason to be content.
@Suite("Conversations with libzmq", .serialized)
struct ConversationTests {
    static let ourID = Array("ours".utf8)
    static let theirID = Array("theirs".utf8)
    static let sizes = [
        0, 1, 255, 256, 8191, 8192, 8193, 65535, 65536, 65537, 16 << 20,
    ]

    @Test("libzmq of the version that Debian ships is installed")
    func version() throws {
        #expect(try LibZMQ.load().version.major == 4)
    }

    @Test(
        "messages of every size arrive byte for byte, we bind",
        arguments: Pairing.all,
        ["tcp", "ipc"]
    )
    func weBind(pairing: Pairing, transport: String) throws {
        try converse(pairing, transport, weBind: true)
    }

    @Test(
        "messages of every size arrive byte for byte, they bind",
        arguments: Pairing.all,
        ["tcp", "ipc"]
    )
    func theyBind(pairing: Pairing, transport: String) throws {
        try converse(pairing, transport, weBind: false)
    }

    private func converse(_ pairing: Pairing, _ transport: String, weBind: Bool) throws {
        let we = try OurSpeaker(pairing.ours, id: Self.ourID)
        let they = try TheirSpeaker(pairing.theirs, id: Self.theirID)
        defer {
            they.close()
            we.close()
        }
        let wildcard = transport == "tcp" ? "tcp://127.0.0.1:*" : "ipc://*"
        if weBind {
            try they.connect(we.bind(wildcard))
        } else {
            try we.connect(they.bind(wildcard))
            try they.subscribeIfNeeded()
        }
        try (we.socket).waitForPeers(atLeast: 1, timeout: .seconds(20))
        if pairing.theirs == .xSubscriber { try they.subscribeIfNeeded() }
        try awaitSubscription(pairing, we, they)
        for message in Self.messages {
            try exchange(message, pairing, we, they)
        }
    }

    /// Every size as a single part, and some messages of several parts.
    private static let messages: [[[UInt8]]] =
        sizes.map { [bytes($0)] } + [
            [[], []],
            [bytes(3), [], bytes(300)],
            [bytes(255), bytes(256), bytes(8192)],
            [bytes(70000), bytes(1), bytes(70000)],
        ]

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
    }

    private func exchange(
        _ message: [[UInt8]],
        _ pairing: Pairing,
        _ we: OurSpeaker,
        _ they: TheirSpeaker
    ) throws {
        let there = { try self.pass(message, from: we, to: they, Self.ourID, Self.theirID) }
        let back = { try self.pass(message, from: they, to: we, Self.theirID, Self.ourID) }
        switch (pairing.weSend, pairing.theySend, pairing.weBegin) {
        case (true, true, true):
            try there()
            try back()
        case (true, true, false):
            try back()
            try there()
        case (true, false, _): try there()
        case (false, _, _): try back()
        }
    }

    private func pass(
        _ message: [[UInt8]],
        from sender: any Speaker,
        to receiver: any Speaker,
        _ senderID: [UInt8],
        _ receiverID: [UInt8]
    ) throws {
        let prefix = Pairing.sendPrefix(from: sender.kind, to: receiver.kind, named: receiverID)
        try sender.send(prefix + message)
        let expected =
            Pairing.receivePrefix(at: receiver.kind, from: sender.kind, named: senderID) + message
        let received = try receiver.receive(timeout: .seconds(20))
        // Compared as a whole: printing 16 MiB of difference helps nobody.
        let isEqual = received == expected
        #expect(isEqual, "sizes \(received?.map(\.count) ?? []), expected \(expected.map(\.count))")
    }

    /// Publishes until the subscriber hears something, then until it has heard all of that.
    private func awaitSubscription(
        _ pairing: Pairing,
        _ we: OurSpeaker,
        _ they: TheirSpeaker
    ) throws {
        let isPublish = [.publisher, .xPublisher].contains(pairing.ours)
        let isSubscribe = [.subscriber, .xSubscriber].contains(pairing.ours)
        guard isPublish || isSubscribe else { return }
        let (publisher, subscriber): (any Speaker, any Speaker) =
            isPublish ? (we, they) : (they, we)
        let deadline = ContinuousClock.now + .seconds(20)
        var number: UInt8 = 0
        while ContinuousClock.now < deadline {
            number &+= 1
            try publisher.send([[0xff, number]])
            while let heard = try subscriber.receive(timeout: .milliseconds(20)) {
                if heard == [[0xff, number]] { return }
            }
        }
        Issue.record("the subscription never arrived")
    }
}
