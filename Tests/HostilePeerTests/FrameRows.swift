import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, C: frames")
struct FrameRows {
    static let rejections = [
        Rejection("C02 2^64 - 1 bytes", Wire.hexadecimal("02 ff ff ff ff ff ff ff ff"), isTooLong),
        Rejection("C03 2^63 bytes", Wire.hexadecimal("02 80 00 00 00 00 00 00 00"), isTooLong),
        Rejection(
            "a command of 2^62 bytes",
            Wire.hexadecimal("06 40 00 00 00 00 00 00 00"),
            isTooLong
        ),
        Rejection(
            "1,000,001 parts",
            (0..<1_000_001).flatMap { _ in [1, 0] as [UInt8] } + [0, 0],
            isTooLong
        ),
    ]

    static func isTooLong(_ reason: DisconnectReason) -> Bool {
        if case .limitExceeded = reason { true } else { false }
    }

    @Test("a length that no frame can have ends the connection", arguments: rejections, transports)
    func rejected(_ row: Rejection, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.text("before") + row.bytes + Wire.text("after"))
        try subject.expectRejection(of: bad, row.isExpected, delivering: ["before"])
    }

    @Test("a merely announced length costs nothing")
    func announced() throws {
        let subject = try pullSubject(at: transports[0])
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.hexadecimal("02 3f ff ff ff ff ff ff ff 41 42"))
        try subject.expectService(of: bad)
    }

    @Test("C01 an empty frame is a message", arguments: transports)
    func empty(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send([0, 0])
        try subject.expectService(of: bad, delivering: [Message(Frame())])
    }

    @Test("C04 reserved flag bits do not harm", arguments: [8, 16, 128] as [UInt8], transports)
    func reserved(flags: UInt8, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send([flags, 1, 0x41])
        try subject.expectService(of: bad, delivering: ["A"])
    }

    @Test("C05 an unfinished message is never delivered", arguments: transports)
    func unfinished(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.text("A", hasMore: true))
        try subject.expectService(of: bad)
    }

    @Test("C06 a PING between two parts is answered and does not part them", arguments: transports)
    func interleaved(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.text("A", hasMore: true) + Wire.ping())
        #expect(try bad.receiveFrame() == RawFrame(flags: 4, body: [4] + Array("PONG".utf8)))
        bad.send(Wire.text("B"))
        try subject.expectService(of: bad, delivering: [["A", "B"]])
    }

    @Test("C07 a stream is the same wherever it is cut", arguments: transports)
    func cut(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let messages = (0..<40).map { [UInt8](repeating: UInt8($0), count: $0 * 300 / 39) }
        let expected = messages.map { Dialogue.fingerprint(Message($0)) }
        let stream = messages.flatMap { Wire.frame($0) }
        let bad = try subject.attack(as: "PUSH")
        // The whole stream each time; on other days than this one, cut at every byte.
        for cut in stride(from: 1, to: stream.count, by: Counts.pick(everyday: 61, full: 1)) {
            bad.send(Array(stream[..<cut]))
            bad.send(Array(stream[cut...]))
            #expect(try subject.remote.ask("receive", "\(messages.count)") == expected)
        }
        try subject.expectService(of: bad)
    }

    @Test("C08 a burst that nobody reads is held back, and arrives whole", arguments: transports)
    func burst(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        let count = Counts.pick(everyday: 100_000, full: 1_000_000)
        let bytes = [UInt8](repeating: 0, count: 2 * count) + Wire.text("end")
        let sending = Background { bad.send(bytes, milliseconds: 60_000) }
        subject.remote.expectIdle(Bounds())
        subject.remote.expectBoundedMemory()
        #expect(try subject.remote.ask("match", "\(count)", "-") == ["\(count)"])
        try subject.remote.expectMessage("end")
        #expect(sending.wait())
        try subject.expectService(of: bad)
    }

    static let sizes = [
        0, 1, 254, 255, 256, 257, 8191, 8192, 8193, 32767, 32768, 65535, 65536, 1 << 20, 1 << 24,
    ]

    @Test("C09 bodies of every size arrive byte by byte", arguments: sizes, transports)
    func size(count: Int, transport: String) throws {
        // A build for debugging takes seconds to look at the largest.
        guard count < 1 << 24 || transport == transports[0] || Counts.areFull else { return }
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        var random = SeededGenerator(seed: UInt64(count))
        let body = random.bytes(count)
        bad.send(Wire.frame(body) + Wire.frame(body, flags: 1) + Wire.frame(body, isLong: true))
        try subject.expectService(
            of: bad,
            delivering: [Message(body), Message(frames: [Frame(body), Frame(body)])],
            // What has been read is given back; what the allocator keeps of it is not ours.
            bounds: Bounds(memory: 4 << 20 + 4 * count)
        )
    }

    @Test("C09 what we send has the shortest header", arguments: sizes)
    func sent(count: Int) throws {
        let context = Context()
        defer { context.shutDown() }
        let push = PushSocket(context: context)
        let bad = try RawPeer(connectingTo: push.bind("tcp://127.0.0.1:*").description)
        try bad.shakeHands(as: "PULL")
        let body = [UInt8](repeating: 0x5a, count: count)
        try push.send(Message(body), timeout: .seconds(10))
        let frame = try bad.receiveFrame()
        #expect(frame.body == body && frame.flags == (count > 255 ? 2 : 0))
    }

    @Test("C10 a frame may be as long as the limit and no longer", arguments: [100, 70_000])
    func frameLimit(limit: Int) throws {
        let subject = try pullSubject(at: transports[0], [.frameLimit: limit])
        let bad = try subject.attack(as: "PUSH")
        let most = [UInt8](repeating: 1, count: limit)
        bad.send(Wire.frame(most) + Wire.frame(most + [1]).prefix(9))
        try subject.expectRejection(of: bad, Self.isTooLong, delivering: [Message(most)])
    }

    @Test(
        "C10 all parts together may be as long as the limit and no longer",
        arguments: [90, 120_000]
    )
    func messageLimit(limit: Int) throws {
        let subject = try pullSubject(at: transports[0], [.messageLimit: limit])
        let bad = try subject.attack(as: "PUSH")
        let part = [UInt8](repeating: 1, count: limit / 3)
        let two = Wire.frame(part, flags: 1) + Wire.frame(part, flags: 1)
        bad.send(two + Wire.frame(part) + two + Wire.frame(part + [1]))
        let message = Message(frames: [Frame(part), Frame(part), Frame(part)])
        try subject.expectRejection(of: bad, Self.isTooLong, delivering: [message])
    }
}
