import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Hostile peers, B: identities")
struct IdentityRows {
    static let unusable: [[UInt8]] = [
        [UInt8](repeating: 0x61, count: 256), [0, 0x61, 0x62, 0x63, 0x64], [0], [],
    ]

    @Test(
        "B08 B09 an identity that could be a generated one, or is too long, counts as none",
        arguments: unusable,
        transports
    )
    func replaced(identity: [UInt8], transport: String) throws {
        let subject = try routerSubject(at: transport)
        let bad = try subject.attack(as: "DEALER", identity: identity)
        bad.send(Wire.text("A"))
        let message = try subject.socket.receive(timeout: .seconds(10))
        #expect(message.count == 2 && message[0].count == 5 && message[0] != Frame(identity))
        #expect(message[0].first == 0)
        try subject.expectService(of: bad)
    }

    @Test("B09 a peer cannot take the generated identity of another", arguments: transports)
    func stolen(transport: String) throws {
        let subject = try routerSubject(at: transport)
        let victim = try subject.attack(as: "DEALER")
        victim.send(Wire.text("A"))
        let id = try subject.socket.receive(timeout: .seconds(10))[0]
        let thief = try subject.attack(as: "DEALER", identity: Array(id))
        try subject.socket.send([id, "for the victim"], timeout: .seconds(10))
        #expect(try victim.receiveFrame().text == "for the victim")
        #expect(thief.isSilent(milliseconds: 20))
        thief.finishSending()
        #expect(try subject.nextEnd() == .closedByPeer)
        try subject.expectService(of: victim)
    }

    @Test("B10 a newcomer with a living peer's identity is refused", arguments: transports)
    func duplicate(transport: String) throws {
        let subject = try routerSubject(at: transport)
        let first = try subject.attack(as: "DEALER", identity: [0x41])
        let second = try subject.attack()
        second.send(
            Wire.greeting() + Wire.ready("DEALER", identity: [0x41]) + Wire.text("stranger")
        )
        #expect(try subject.nextEnd() == .duplicateIdentity)
        #expect(second.waitForClose())
        second.close()
        try subject.socket.send(["A", "hello"], timeout: .seconds(10))
        #expect(try first.receiveFrame().text == "hello")
        try subject.expectService(of: first)
    }

    @Test("B10 with hand-over the newcomer takes the identity over", arguments: transports)
    func handover(transport: String) throws {
        let subject = try routerSubject(at: transport, allowsHandover: true)
        let first = try subject.attack(as: "DEALER", identity: [0x41])
        let second = try subject.attack(as: "DEALER", identity: [0x41])
        #expect(try subject.nextEnd() == .duplicateIdentity)
        #expect(first.waitForClose())
        first.close()
        try subject.socket.send(["A", "hello"], timeout: .seconds(10))
        #expect(try second.receiveFrame().text == "hello")
        try subject.expectService(of: second)
    }

    @Test("a second peer of a PAIR is refused and not heard")
    func surplusPair() throws {
        let context = Context()
        defer { context.shutDown() }
        let pair = PairSocket(context: context)
        let endpoint = try pair.bind("tcp://127.0.0.1:*").description
        let first = try RawPeer(connectingTo: endpoint)
        try first.shakeHands(as: "PAIR")
        try pair.waitForPeers(atLeast: 1, timeout: .seconds(10))
        let second = try RawPeer(connectingTo: endpoint)
        second.send(Wire.greeting() + Wire.ready("PAIR") + Wire.text("stranger"))
        #expect(second.waitForClose())
        first.send(Wire.text("friend"))
        #expect(try pair.receive(timeout: .seconds(10)) == "friend")
        try pair.send("answer", timeout: .seconds(10))
        #expect(try first.receiveFrame().text == "answer")
    }
}
