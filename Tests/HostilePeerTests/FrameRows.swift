import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Hostile peers, C: frames")
struct FrameRows {
    static let rejections = [
        Rejection("C02 2^64 - 1 octets", Wire.hexadecimal("02 ff ff ff ff ff ff ff ff"), isTooLong),
        Rejection("C03 2^63 octets", Wire.hexadecimal("02 80 00 00 00 00 00 00 00"), isTooLong),
        Rejection(
            "a command of 2^62 octets",
            Wire.hexadecimal("06 40 00 00 00 00 00 00 00"),
            isTooLong
        ),
        Rejection(
            "65,537 parts",
            (0..<65_537).flatMap { _ in [1, 0] as [UInt8] } + [0, 0],
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
        bad.send(Wire.text("before") + row.octets + Wire.text("after"))
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
        let stream = messages.flatMap { Wire.frame($0) }
        let bad = try subject.attack(as: "PUSH")
        // The whole stream each time; the places of the cuts are spread over all of it.
        for cut in stride(from: 1, to: stream.count, by: 23) {
            bad.send(Array(stream[..<cut]))
            bad.send(Array(stream[cut...]))
            for message in messages {
                #expect(try subject.socket.receive(timeout: .seconds(10)) == Message(message))
            }
        }
        try subject.expectService(of: bad)
    }

    @Test("C08 a burst that nobody reads is held back, and arrives whole", arguments: transports)
    func burst(transport: String) throws {
        let subject = try pullSubject(at: transport, mark: 100)
        let bad = try subject.attack(as: "PUSH")
        let count = 20_000
        bad.send((0..<count).flatMap { _ in [0, 0] as [UInt8] } + Wire.text("end"))
        bad.finishSending()
        for _ in 0..<count {
            #expect(try subject.socket.receive(timeout: .seconds(10)) == Message(Frame()))
        }
        #expect(try subject.socket.receive(timeout: .seconds(10)) == "end")
        #expect(try subject.nextEnd() == .closedByPeer)
        try subject.exchange()
    }

    static let sizes = [
        0, 1, 254, 255, 256, 257, 8191, 8192, 8193, 32767, 32768, 65535, 65536, 1 << 20,
    ]

    @Test("C09 bodies of every size arrive octet by octet", arguments: sizes, transports)
    func size(count: Int, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        var random = SeededGenerator(seed: UInt64(count))
        let body = random.octets(count)
        bad.send(Wire.frame(body) + Wire.frame(body, flags: 1) + Wire.frame(body, isLong: true))
        try subject.expectService(
            of: bad,
            delivering: [Message(body), Message(frames: [Frame(body), Frame(body)])]
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
        var options = SocketOptions()
        options.maximumFrameSize = .count(limit)
        let subject = try pullSubject(at: transports[0], options: options)
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
        var options = SocketOptions()
        options.maximumMessageSize = .count(limit)
        let subject = try pullSubject(at: transports[0], options: options)
        let bad = try subject.attack(as: "PUSH")
        let part = [UInt8](repeating: 1, count: limit / 3)
        let two = Wire.frame(part, flags: 1) + Wire.frame(part, flags: 1)
        bad.send(two + Wire.frame(part) + two + Wire.frame(part + [1]))
        let message = Message(frames: [Frame(part), Frame(part), Frame(part)])
        try subject.expectRejection(of: bad, Self.isTooLong, delivering: [message])
    }

    @Test("C11 random octets after READY do no harm", arguments: 0..<60 as Range<UInt64>)
    func noise(seed: UInt64) throws {
        let subject = try pullSubject(at: transports[Int(seed % 2)])
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4 {
            let bad = try subject.attack(as: "PUSH")
            bad.send(random.octets(16384), milliseconds: 100)
            try subject.expectSurvival(of: bad)
        }
    }

    @Test(
        "C12 one flipped bit leaves the messages before it intact",
        arguments: 0..<60 as Range<UInt64>
    )
    func flipped(seed: UInt64) throws {
        let subject = try pullSubject(at: transports[Int(seed % 2)])
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4 {
            let messages = (0..<20).map { number in
                [UInt8(number)] + random.octets(Int.random(in: 0...300, using: &random))
            }
            var stream = messages.flatMap { Wire.frame($0) }
            let place = Int.random(in: 0..<stream.count, using: &random)
            stream[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            var end = 0
            let intact = messages.prefix { message in
                end += Wire.frame(message).count
                return end <= place
            }
            let bad = try subject.attack(as: "PUSH")
            bad.send(stream)
            for message in intact {
                #expect(try subject.socket.receive(timeout: .seconds(10)) == Message(message))
            }
            try subject.expectSurvival(of: bad)
        }
    }

    @Test("a last message and the end in one segment are both noticed", arguments: transports)
    func messageAndEnd(transport: String) throws {
        let subject = try pullSubject(at: transport)
        for number in 0..<100 {
            let bad = try subject.attack(as: "PUSH")
            bad.send(Wire.text("\(number)"))
            bad.close()
            #expect(try subject.socket.receive(timeout: .seconds(10)) == Message("\(number)"))
            _ = try subject.nextEnd()
        }
        let last = try subject.attack(as: "PUSH")
        try subject.expectService(of: last)
    }
}
