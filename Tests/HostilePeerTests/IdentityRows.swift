import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

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
        let frames = try subject.remote.receive()
        #expect(frames.count == 2 && frames[0].count == 5 && frames[0] != identity)
        #expect(frames[0].first == 0)
        try subject.expectService(of: bad)
    }

    @Test("B09 a peer cannot take the generated identity of another", arguments: transports)
    func stolen(transport: String) throws {
        let subject = try routerSubject(at: transport)
        let victim = try subject.attack(as: "DEALER")
        victim.send(Wire.text("A"))
        let id = try subject.remote.receive()[0]
        let thief = try subject.attack(as: "DEALER", identity: id)
        try subject.remote.send([Frame(id), "for the victim"])
        #expect(try victim.receiveFrame().text == "for the victim")
        #expect(thief.isSilent(milliseconds: 20))
        thief.finishSending()
        #expect(try subject.nextEnd() == .closedByPeer)
        try subject.expectService(of: victim)
    }

    @Test("B14 a second READY changes no identity", arguments: transports)
    func renamedByReady(transport: String) throws {
        let subject = try routerSubject(at: transport)
        let bad = try subject.attack(as: "DEALER", identity: [0x41])
        bad.send(Wire.ready("DEALER", identity: [0x42]) + Wire.text("who am I"))
        #expect(try subject.remote.receive() == [[0x41], Array("who am I".utf8)])
        try subject.expectService(of: bad)
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
        try subject.remote.send(["A", "hello"])
        #expect(try first.receiveFrame().text == "hello")
        try subject.expectService(of: first)
    }

    @Test("B10 with hand-over the newcomer takes the identity over", arguments: transports)
    func handover(transport: String) throws {
        let subject = try routerSubject(at: transport, [.handover: 1])
        let first = try subject.attack(as: "DEALER", identity: [0x41])
        let second = try subject.attack(as: "DEALER", identity: [0x41])
        #expect(try subject.nextEnd() == .duplicateIdentity)
        #expect(first.waitForClose())
        first.close()
        try subject.remote.send(["A", "hello"])
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

    @Test("a peer that comes back under a living peer's name is refused, with growing pauses")
    func renamed() throws {
        let context = Context()
        defer { context.shutDown() }
        let (first, second) = (try RawServer(), try RawServer())
        let router = RouterSocket(context: context)
        router.options.reconnect = .backoff(from: .milliseconds(5), upTo: .seconds(10))
        try router.connect(first.endpoint)
        let friend = try first.accept()
        try friend.shakeHands(as: "DEALER", identity: [0x41])
        try router.connect(second.endpoint)
        let visitor = try second.accept()
        try visitor.shakeHands(as: "DEALER", identity: [0x42])
        visitor.send(Wire.text("mine"))
        #expect(try router.receive(timeout: .seconds(10)) == ["B", "mine"])
        visitor.close()

        while router.events.tryNext() != nil {}
        for _ in 0..<5 {
            let thief = try second.accept()
            thief.send(Wire.greeting() + Wire.ready("DEALER", identity: [0x41]))
            #expect(thief.waitForClose())
        }
        let pauses = try pausesAfterRefusals(5, of: router)
        #expect(try #require(pauses.last) >= .milliseconds(40))

        let again = try second.accept()
        try again.shakeHands(as: "DEALER", identity: [0x42])
        again.send(Wire.text("again"))
        #expect(try router.receive(timeout: .seconds(10)) == ["B", "again"])
        try router.send(["B", "to B"], timeout: .seconds(10))
        #expect(try again.receiveFrame().text == "to B")
        try router.send(["A", "to A"], timeout: .seconds(10))
        #expect(try friend.receiveFrame().text == "to A")
    }

    /// The pauses that followed so many refusals.
    private func pausesAfterRefusals(_ count: Int, of router: RouterSocket) throws -> [Duration] {
        var pauses: [Duration] = []
        var isRefused = false
        while pauses.count < count, let event = router.events.next(timeout: .seconds(10)) {
            if event.endReason == .duplicateIdentity { isRefused = true }
            guard case .retrying(_, let pause) = event, isRefused else { continue }
            pauses.append(pause)
            isRefused = false
        }
        return pauses
    }

    @Test("a PAIR that was full when a peer was called takes it once there is room")
    func pairWithRoom() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let pair = PairSocket(context: context)
        pair.options.reconnect = .backoff(from: .milliseconds(5), upTo: .milliseconds(20))
        let first = try RawPeer(connectingTo: pair.bind("tcp://127.0.0.1:*").description)
        try first.shakeHands(as: "PAIR")
        try pair.waitForPeers(atLeast: 1, timeout: .seconds(10))
        try pair.connect(server.endpoint)
        // Nobody is called while there is no place.
        var isRefused = false
        while !isRefused, let event = pair.events.next(timeout: .seconds(10)) {
            if case .connectFailed(_, .surplusPeer) = event { isRefused = true }
        }
        #expect(isRefused)
        first.close()
        for _ in 0..<500 {
            let again = try server.accept()
            // The attempt that is under way when the first peer goes may be refused still.
            guard (try? again.shakeHands(as: "PAIR")) != nil else { continue }
            again.send(Wire.text("hello"))
            if (try? pair.receive(timeout: .milliseconds(200))) == "hello" { return }
        }
        Issue.record("the second peer never got in")
    }
}
