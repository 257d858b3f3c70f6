import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Hostile peers, D: commands")
struct CommandRows {
    private static func pong(_ context: [UInt8]) -> RawFrame {
        RawFrame(flags: 4, body: [4] + Array("PONG".utf8) + context)
    }

    @Test("D01 D02 a PONG has the context of its PING", arguments: [0, 1, 16], transports)
    func answered(count: Int, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        let context = [UInt8](repeating: 0x63, count: count)
        bad.send(Wire.ping(context: context))
        #expect(try bad.receiveFrame() == Self.pong(context))
        try subject.expectService(of: bad)
    }

    @Test("a PONG never has more than 16 octets of context", arguments: transports)
    func longContext(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.ping(context: [UInt8](repeating: 0x63, count: 200)))
        #expect(try bad.receiveFrame() == Self.pong([UInt8](repeating: 0x63, count: 16)))
        try subject.expectService(of: bad)
    }

    @Test("D03 half a time to live does no harm", arguments: transports)
    func halfPing(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.command("PING", [0]))
        try subject.expectSurvival(of: bad)
    }

    @Test("D04 a long time to live is taken at face value", arguments: transports)
    func longLife(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.ping(timeToLive: 656))
        _ = try bad.receiveFrame()
        #expect(bad.isSilent(milliseconds: 600))
        try subject.expectService(of: bad)
    }

    @Test("D05 a peer silent for longer than its time to live is given up", arguments: transports)
    func shortLife(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.ping(timeToLive: 1))
        let start = ContinuousClock.now
        try subject.expectRejection(of: bad) { $0 == .heartbeat }
        #expect(ContinuousClock.now - start > .milliseconds(80))
    }

    @Test("D05 octets after a PING end its time to live", arguments: transports)
    func lifeSaved(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.ping(timeToLive: 3))
        _ = try bad.receiveFrame()
        bad.send(Wire.text("A"))
        #expect(bad.isSilent(milliseconds: 600))
        try subject.expectService(of: bad, delivering: ["A"])
    }

    @Test("D06 PONGs for a peer that does not read wait in a bounded place", arguments: transports)
    func flood(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        let pings = (0..<1000).flatMap { _ in Wire.ping(context: [1, 2, 3, 4]) }
        for _ in 0..<100 where !bad.send(pings, milliseconds: 100) { break }
        try subject.exchange()
        bad.close()
        _ = try subject.nextEnd()
        try subject.exchange()
    }

    @Test("D06 of the PONGs that wait the newest four are kept", arguments: transports)
    func newestAnswers(transport: String) throws {
        var options = SocketOptions()
        options.sendBufferSize = 4096
        let subject = try pullSubject(at: transport, options: options)
        let bad = try subject.attack(as: "PUSH")
        let count = 200_000
        var octets: [UInt8] = []
        for number in 1...count {
            octets += Wire.ping(context: Wire.bigEndian(UInt64(number)) + Wire.bigEndian(UInt64(0)))
        }
        #expect(bad.send(octets))
        bad.send(Wire.text("A"))
        #expect(try subject.socket.receive(timeout: .seconds(10)) == "A")
        var contexts: [Int] = []
        while contexts.last != count {
            let number = try bad.receiveFrame().body.dropFirst(5).prefix(8)
            contexts.append(number.reduce(0) { $0 << 8 | Int($1) })
        }
        #expect(contexts.count < count)
        #expect(contexts.suffix(4) == [count - 3, count - 2, count - 1, count])
        try subject.expectService(of: bad)
    }

    @Test("D08 unknown commands are ignored, however many", arguments: [1, 100_000], transports)
    func unknown(count: Int, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        let command = Wire.command("FOO")
        bad.send((0..<count).flatMap { _ in command })
        try subject.expectService(of: bad)
    }

    @Test(
        "a command without a name, or with a name past its end, is no message",
        arguments: transports
    )
    func nameless(transport: String) throws {
        for body in [[], [0], [200, 0x41]] as [[UInt8]] {
            let subject = try pullSubject(at: transport)
            let bad = try subject.attack(as: "PUSH")
            bad.send(Wire.frame(body, flags: 4))
            try subject.expectService(of: bad)
        }
    }

    @Test("a command beyond the limit is refused on its header", arguments: transports)
    func tooLong(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send([6] + Wire.bigEndian(UInt64(70_000)))
        try subject.expectRejection(of: bad, FrameRows.isTooLong)
    }

    @Test("D09 commands for other socket types are not delivered", arguments: transports)
    func misplaced(transport: String) throws {
        let pull = try pullSubject(at: transport)
        let pusher = try pull.attack(as: "PUSH")
        pusher.send(Wire.subscribe([0x41]) + Wire.cancel([]) + Wire.command("ERROR", [0]))
        try pull.expectService(of: pusher)
        let publisher = try publisherSubject(at: transport)
        let joiner = try publisher.attack(as: "SUB")
        joiner.send(Wire.command("JOIN", Array("Ing".utf8)) + Wire.command("READY"))
        try publisher.expectService(of: joiner)
    }
}
