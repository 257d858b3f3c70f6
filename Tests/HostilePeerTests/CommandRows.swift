import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

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

    @Test("a PONG never has more than 16 bytes of context", arguments: transports)
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
        bad.finishSending()
        // A PONG may come; if so, without the byte that was there.
        if let answer = try? bad.receiveFrame() { #expect(answer == Self.pong([])) }
        try subject.expectSurvival(of: bad, mayDeliver: [])
    }

    @Test("D04 a long time to live is taken at face value", arguments: transports)
    func longLife(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.ping(timeToLive: 656))
        _ = try bad.receiveFrame()
        #expect(bad.isSilent(milliseconds: Counts.pick(everyday: 600, full: 2000)))
        try subject.expectService(of: bad)
    }

    @Test("D05 a peer silent for longer than its time to live is given up", arguments: transports)
    func shortLife(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        bad.send(Wire.ping(timeToLive: 1))
        let start = ContinuousClock.now
        _ = try bad.receiveFrame()
        #expect(bad.waitForClose())
        let duration = ContinuousClock.now - start
        #expect(duration > .milliseconds(90) && duration < .milliseconds(300), "\(duration)")
        try subject.expectRejection(of: bad) { $0 == .heartbeat }
    }

    @Test("D05 bytes after a PING end its time to live", arguments: transports)
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
        let rounds = Counts.pick(everyday: 200, full: 1000)
        for _ in 0..<rounds where !bad.send(pings, milliseconds: 100) { break }
        try subject.exchange()
        subject.remote.expectBoundedMemory()
        try subject.expectSurvival(of: bad, mayDeliver: [])
    }

    @Test("D06 of the PONGs that wait the newest four are kept", arguments: transports)
    func newestAnswers(transport: String) throws {
        let subject = try pullSubject(at: transport, [.sendBuffer: 4096])
        let bad = try subject.attack(as: "PUSH")
        let count = 80_000
        var bytes: [UInt8] = []
        for number in 1...count {
            bytes += Wire.ping(context: Wire.bigEndian(UInt64(number)) + Wire.bigEndian(UInt64(0)))
        }
        #expect(bad.send(bytes))
        bad.send(Wire.text("A"))
        try subject.remote.expectMessage("A")
        var contexts: [Int] = []
        while contexts.last != count {
            let number = try bad.receiveFrame().body.dropFirst(5).prefix(8)
            contexts.append(number.reduce(0) { $0 << 8 | Int($1) })
        }
        #expect(contexts.count < count)
        #expect(contexts.suffix(4) == [count - 3, count - 2, count - 1, count])
        try subject.expectService(of: bad)
    }

    @Test("D08 unknown commands are ignored, however many", arguments: [false, true], transports)
    func unknown(isFlood: Bool, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        let many = Counts.pick(everyday: 100_000, full: 1_000_000)
        let bytes = (0..<(isFlood ? many : 1)).flatMap { _ in Wire.command("FOO") }
        let flood = Background { bad.send(bytes, milliseconds: 60_000) }
        // Others are served while it lasts.
        while !flood.hasEnded { try subject.exchange() }
        try subject.expectService(of: bad, bounds: Bounds(isFlood: isFlood))
    }

    @Test("D07 bytes of a message under way are life, though no PING is answered")
    func lifeInPieces() throws {
        let subject = try pullSubject(
            at: transports[0],
            [.heartbeatInterval: 200, .heartbeatTimeout: 500]
        )
        let bad = try subject.attack(as: "PUSH")
        let body = [UInt8](repeating: 0x5a, count: 1 << 20)
        let bytes = Wire.frame(body)
        // At 200 kB/s, or on most days at four times that.
        let piece = Counts.pick(everyday: 40_000, full: 10_000)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bad.send(Array(bytes[start..<min(start + piece, bytes.count)]))
            letPass(.milliseconds(50))
        }
        try subject.expectService(
            of: bad,
            delivering: [Message(body)],
            bounds: Bounds(memory: 8 << 20)
        )
    }

    @Test("D11 a server that falls silent is given up, and called again")
    func silence() throws {
        let server = try RawServer()
        let settings: [Setting.Key: Int] = [
            .heartbeatInterval: 200, .heartbeatTimeout: 400, .firstPause: 20, .lastPause: 50,
        ]
        let push = try Remote(Setting(.push, settings))
        try push.ask("connect", server.endpoint)
        for round in 0..<2 {
            let bad = try server.accept()
            try bad.shakeHands(as: "PULL")
            try push.waitUntilReady()
            let start = ContinuousClock.now
            #expect(bad.waitForClose())
            let duration = ContinuousClock.now - start
            #expect(duration > .milliseconds(300) && duration < .milliseconds(900), "\(duration)")
            #expect(try push.nextEnd() == .heartbeat)
            if round == 0 { push.noteBaseline() } else { push.expectNothingLeft() }
        }
        let good = try server.accept()
        try good.shakeHands(as: "PULL")
        try push.send("at last")
        #expect(try good.receiveFrame().text == "at last")
    }

    @Test("D10 JOIN and LEAVE are passed over, as long as there is no RADIO", arguments: transports)
    func groups(transport: String) throws {
        let subject = try publisherSubject(at: transport)
        let bad = try subject.attack(as: "SUB")
        for name in ["JOIN", "LEAVE"] {
            for count in [0, 255, 256] {
                bad.send(Wire.command(name, [UInt8](repeating: 0x41, count: count)))
            }
        }
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
