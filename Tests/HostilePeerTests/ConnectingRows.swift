import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers that are connected to")
struct ConnectingRows {
    /// A PUSH in a process of its own that connects to a raw server, with pauses from 50 to 400 ms.
    private func connected(to server: RawServer) throws -> Remote {
        let push = try Remote(Setting(.push, [.firstPause: 50, .lastPause: 400]))
        try push.ask("connect", server.endpoint)
        return push
    }

    /// Waits for the end of the connection, and for the pause that follows it.
    private func failure(of remote: Remote) throws -> (DisconnectReason, pause: Int) {
        var reason: DisconnectReason?
        var ends = 0
        while let event = try remote.nextEvent() {
            #expect(event.text.isPrintable, "U7")
            if let found = event.endReason { (reason, ends) = (found, ends + 1) }
            if event.name == "retrying", let reason, let pause = event.pause {
                #expect(ends == 1, "U7")
                return (reason, pause)
            }
        }
        throw Unexpected(reason: reason)
    }

    static let refusals = [
        Rejection("B16 ERROR 400", [3] + Array("400".utf8)) { $0 == .refusedByPeer("400") },
        Rejection(
            "B17 an ERROR of control bytes",
            [255] + Wire.hexadecimal("1b 5b 32 4a 0a ff fe") + [UInt8](repeating: 7, count: 248)
        ) {
            if case .refusedByPeer(let text) = $0 { text.isPrintable } else { false }
        },
    ]

    @Test(
        "a server's ERROR is reported, and the next try is a long pause away",
        arguments: refusals
    )
    func refused(_ row: Rejection) throws {
        let server = try RawServer()
        let push = try connected(to: server)
        for round in 0..<3 {
            let peer = try server.accept()
            peer.send(Wire.greeting() + Wire.command("ERROR", row.bytes))
            let (reason, pause) = try failure(of: push)
            #expect(row.isExpected(reason), "\(reason)")
            #expect(pause >= 200)
            #expect(peer.waitForClose())
            if round == 0 { push.noteBaseline() }
        }
        push.expectIdle()
        push.expectNothingLeft()
        let good = try server.accept()
        try good.shakeHands(as: "PULL")
        try push.send("at last")
        #expect(try good.receiveFrame().text == "at last")
    }

    static let faults: [Rejection] = [
        Rejection("HTTP", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) {
            if case .notZMTP = $0 { true } else { false }
        },
        Rejection("A06 ZMTP 2.0", Wire.signature + [1, 7]) {
            if case .legacyPeer = $0 { true } else { false }
        },
        Rejection("A17 PLAIN", Wire.greeting(mechanism: Array("PLAIN".utf8))) {
            $0 == .mechanismMismatch(ours: "NULL", theirs: "PLAIN")
        },
        Rejection("B02 PUSH to PUSH", Wire.greeting() + Wire.ready("PUSH")) {
            $0 == .incompatibleSocketType(ours: "PUSH", theirs: "PUSH")
        },
        Rejection("nothing at all", []) { $0 == .closedByPeer },
    ]

    @Test("a server that is no legal peer is tried again, with growing pauses", arguments: faults)
    func retried(_ row: Rejection) throws {
        let server = try RawServer()
        let push = try connected(to: server)
        var pauses: [Int] = []
        for round in 0..<3 {
            let peer = try server.accept()
            peer.send(row.bytes)
            peer.finishSending()
            let (reason, pause) = try failure(of: push)
            #expect(row.isExpected(reason), "\(reason)")
            pauses.append(pause)
            #expect(peer.waitForClose())
            if round == 0 { push.noteBaseline() }
        }
        #expect(pauses[2] >= 100 && pauses[0] <= 50)
        push.expectIdle()
        push.expectNothingLeft()
        let good = try server.accept()
        try good.shakeHands(as: "PULL")
        try push.send("at last")
        #expect(try good.receiveFrame().text == "at last")
    }

    @Test("K13 what a peer sent before it went is received, though we keep writing to it")
    func lastWords() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let dealer = DealerSocket(context: context)
        try dealer.connect(server.endpoint)
        for number in 0..<50 {
            let peer = try server.accept()
            try peer.shakeHands(as: "DEALER")
            try dealer.send("question", timeout: .seconds(10))
            _ = try peer.receiveFrame()
            for word in 0..<3 { peer.send(Wire.text("\(number) \(word)")) }
            peer.close()
            for word in 0..<3 {
                let message = try dealer.receive(timeout: .seconds(10))
                #expect(message == Message("\(number) \(word)"))
            }
        }
    }

    @Test("K03 a reply without its envelope is dropped, and the next one counts")
    func malformedReply() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let request = RequestSocket(context: context)
        try request.connect(server.endpoint)
        try request.send("question", timeout: .seconds(10))
        let peer = try server.accept()
        try peer.shakeHands(as: "REP")
        #expect(try peer.receiveFrame().hasMore)
        #expect(try peer.receiveFrame().text == "question")
        let nonsense: [[UInt8]] = [
            Wire.text("A"), Wire.text("A", hasMore: true) + Wire.text("B"), [0, 0],
            Wire.text("four", hasMore: true) + Wire.text("B"), Wire.text("four"),
        ]
        for bytes in nonsense { peer.send(bytes) }
        peer.send([1, 0] + Wire.text("answer"))
        #expect(try request.receive(timeout: .seconds(10)) == "answer")
    }

    @Test("a request without an envelope is dropped, and the next one is answered")
    func malformedRequest() throws {
        let context = Context()
        defer { context.shutDown() }
        let reply = ReplySocket(context: context)
        let peer = try RawPeer(connectingTo: reply.bind("tcp://127.0.0.1:*").description)
        try peer.shakeHands(as: "DEALER")
        peer.send(Wire.text("A") + Wire.text("A", hasMore: true) + Wire.text("B") + [0, 0])
        peer.send(Wire.text("route", hasMore: true) + [1, 0] + Wire.text("question"))
        #expect(try reply.receive(timeout: .seconds(10)) == "question")
        try reply.send("answer", timeout: .seconds(10))
        #expect(try peer.receiveFrame().text == "route")
        #expect(try peer.receiveFrame() == RawFrame(flags: 1, body: []))
        #expect(try peer.receiveFrame().text == "answer")
    }
}
