import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, G: CURVE messages")
struct CurveMessageRows {
    private static let content = [0] + Array("A".utf8)

    /// A hostile client that has been let in.
    private func intruder(_ subject: Subject) throws -> (RawPeer, RawCurve) {
        var curve = try RawCurve(server: SubjectSecurity.serverKey)
        let bad = try subject.attack()
        try bad.shakeHands(&curve)
        try subject.waitUntilReady()
        return (bad, curve)
    }

    @Test("G06 a nonce that does not increase ends the connection", arguments: transports)
    func sequence(transport: String) throws {
        let subject = try curveSubject(at: transport)
        for again in [2, 3, 1, 0] as [UInt64] {
            let (bad, curve) = try intruder(subject)
            bad.send(Wire.frame(curve.message(Self.content, counter: 3)))
            #expect(try subject.remote.receive() == [[0x41]])
            bad.send(Wire.frame(curve.message(Self.content, counter: again)))
            #expect(try subject.nextEnd() == .invalidSequence)
            #expect(bad.waitForClose())
        }
        let (bad, curve) = try intruder(subject)
        for counter in [3, 1003, .max] as [UInt64] {
            bad.send(Wire.frame(curve.message(Self.content, counter: counter)))
            #expect(try subject.remote.receive() == [[0x41]])
        }
        bad.send(Wire.frame(curve.message(Self.content, counter: .max)))
        try subject.expectRejection(of: bad) { $0 == .invalidSequence }
    }

    @Test("G07 no bit of a MESSAGE of 64 bytes may change")
    func flipped() throws {
        let subject = try curveSubject(at: transports[0])
        let step = Counts.pick(everyday: 7, full: 1)
        for bit in stride(from: 0, to: 64 * 8, by: step) {
            let (bad, curve) = try intruder(subject)
            var body = curve.message([0] + [UInt8](repeating: 7, count: 31), counter: 3)
            #expect(body.count == 64)
            body[bit / 8] ^= 1 << UInt8(bit % 8)
            bad.send(Wire.frame(body))
            _ = try subject.nextEnd()
            #expect(bad.waitForClose())
        }
        let (last, curve) = try intruder(subject)
        var body = curve.message(Self.content, counter: 3)
        body[16] ^= 1
        last.send(Wire.frame(body))
        try subject.expectRejection(of: last) { $0 == .cryptographic }
    }

    @Test("a recording is worth nothing on another connection", arguments: transports)
    func replay(transport: String) throws {
        let subject = try curveSubject(at: transport)
        let (first, curve) = try intruder(subject)
        let recorded = Wire.frame(curve.message(Self.content, counter: 3))
        first.send(recorded)
        #expect(try subject.remote.receive() == [[0x41]])
        first.finishSending()
        _ = try subject.nextEnd()
        first.close()
        let (second, _) = try intruder(subject)
        second.send(recorded)
        try subject.expectRejection(of: second) { $0 == .cryptographic }
        // The whole of a session: the server's part in it is new.
        let third = try subject.attack()
        var again = try RawCurve(server: SubjectSecurity.serverKey)
        try third.beginCurve(&again)
        third.send(curve.initiate(Wire.property("Socket-Type", Array("PUSH".utf8))))
        try subject.expectRejection(of: third) { $0 == .cryptographic }
    }

    @Test("G08 the outer COMMAND bit means nothing; ours is clear", arguments: transports)
    func outerFlags(transport: String) throws {
        let number = SubjectSecurity.curveServer.rawValue
        let subject = try routerSubject(at: transport, [.security: number])
        var curve = try RawCurve(server: SubjectSecurity.serverKey)
        let bad = try subject.attack()
        let identity = Wire.property("Identity", [0x42])
        let type = Wire.property("Socket-Type", Array("DEALER".utf8))
        try bad.shakeHands(&curve, metadata: type + identity)
        try subject.waitUntilReady()
        bad.send(Wire.frame(curve.message(Self.content, counter: 3), flags: 4))
        #expect(try subject.remote.receive() == [[0x42], [0x41]])
        bad.send(Wire.frame(curve.message(Self.content, counter: 4)))
        #expect(try subject.remote.receive() == [[0x42], [0x41]])
        try subject.remote.send(["B", "answer"])
        let frame = try bad.receiveFrame()
        #expect(frame.flags == 0)
        #expect(curve.opened(frame) == [0] + Array("answer".utf8))
        try subject.expectService(of: bad)
    }

    @Test("G09 flags in the box: MORE and COMMAND, and others do no harm", arguments: transports)
    func innerFlags(transport: String) throws {
        let subject = try curveSubject(at: transport)
        let (bad, curve) = try intruder(subject)
        // MORE, then the last part.
        bad.send(Wire.frame(curve.message([1, 0x41], counter: 3)))
        bad.send(Wire.frame(curve.message([0, 0x42], counter: 4)))
        #expect(try subject.remote.receive() == [[0x41], [0x42]])
        // A command: PING, which is answered in a box.
        bad.send(Wire.frame(curve.message([2, 4] + Array("PING".utf8) + [0, 0], counter: 5)))
        #expect(try curve.opened(bad.receiveFrame()) == [2, 4] + Array("PONG".utf8))
        // Bits without a meaning.
        bad.send(Wire.frame(curve.message([4, 0x43], counter: 6)))
        #expect(try subject.remote.receive() == [[0x43]])
        bad.send(Wire.frame(curve.message([0xff, 0x43], counter: 7)))
        try subject.expectSurvival(of: bad)
    }

    @Test("a frame in clear after the handshake, a short one and one that is too long")
    func clear() throws {
        let subject = try curveSubject(at: transports[0])
        for bytes in [Wire.text("A"), [0, 0], Wire.command("PING", [0, 0]), [2] + Self.huge] {
            let (bad, _) = try intruder(subject)
            bad.send(bytes)
            _ = try subject.nextEnd()
            #expect(bad.waitForClose())
        }
        let (bad, curve) = try intruder(subject)
        bad.send(Wire.frame(Array(curve.message(Self.content, counter: 3).prefix(32))))
        try subject.expectRejection(of: bad)
    }

    private static let huge = [UInt8](repeating: 0xff, count: 8)

    @Test("G13 a client that looks for another server tries again, with growing pauses")
    func wrongServer() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = PullSocket(context: context)
        SubjectSecurity.curveServer.apply(to: &server.options)
        let endpoint = try server.bind("tcp://127.0.0.1:*")
        let client = PushSocket(context: context)
        let (ours, wrong) = (try CurveKeyPair(), try CurveKeyPair())
        client.options.security = .curveClient(ours, server: wrong.publicKey)
        client.options.reconnect = .backoff(from: .milliseconds(10), upTo: .milliseconds(400))
        try client.connect(endpoint)
        var pauses: [Duration] = []
        var failures = 0
        while pauses.count < 4, let event = client.events.next(timeout: .seconds(10)) {
            if case .handshakeFailed(_, _, let reason) = event {
                failures += 1
                #expect(reason == .closedByPeer || reason.description.contains("RESET"))
            }
            if case .retrying(_, let pause) = event { pauses.append(pause) }
        }
        #expect(failures == 4)
        #expect(try #require(pauses.last) > pauses[0] * 2)
        for _ in 0..<4 {
            while let event = server.events.next(timeout: .seconds(10)) {
                guard let reason = event.endReason else { continue }
                #expect(reason == .cryptographic)
                break
            }
        }
        #expect(server.peerCount == 0)
    }
}
