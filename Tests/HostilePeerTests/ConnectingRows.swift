import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Hostile peers that are connected to")
struct ConnectingRows {
    /// A PUSH that connects to a raw server, with pauses from 50 ms to 400 ms.
    private func connected(
        to server: RawServer,
        _ context: Context
    ) throws -> PushSocket {
        let push = PushSocket(context: context)
        push.options.reconnect = .backoff(from: .milliseconds(50), upTo: .milliseconds(400))
        try push.connect(server.endpoint)
        return push
    }

    /// Waits for the end of the connection, and for the pause that follows it.
    private func failure(of socket: some Socket) throws -> (DisconnectReason, pause: Duration) {
        var reason: DisconnectReason?
        while let event = socket.events.next(timeout: .seconds(10)) {
            if let found = event.endReason { reason = found }
            if case .retrying(_, let pause) = event, let reason { return (reason, pause) }
        }
        throw Unexpected(reason: reason)
    }

    @Test("B16 a server's ERROR is reported, and the next try is a long pause away")
    func refused() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let push = try connected(to: server, context)
        let first = try server.accept()
        first.send(Wire.greeting() + Wire.command("ERROR", [3] + Array("400".utf8)))
        let (reason, pause) = try failure(of: push)
        #expect(reason == .refusedByPeer("400"))
        #expect(pause >= .milliseconds(200))
        #expect(first.waitForClose())
        try server.accept().shakeHands(as: "PULL")
        try push.waitForPeers(atLeast: 1, timeout: .seconds(10))
    }

    static let faults: [Rejection] = [
        Rejection("HTTP", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) {
            if case .notZMTP = $0 { true } else { false }
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
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer()
        let push = try connected(to: server, context)
        var pauses: [Duration] = []
        for _ in 0..<3 {
            let peer = try server.accept()
            peer.send(row.octets)
            peer.finishSending()
            let (reason, pause) = try failure(of: push)
            #expect(row.isExpected(reason), "\(reason)")
            pauses.append(pause)
            #expect(peer.waitForClose())
        }
        #expect(pauses[2] >= .milliseconds(100) && pauses[0] <= .milliseconds(50))
        let good = try server.accept()
        try good.shakeHands(as: "PULL")
        try push.send("at last", timeout: .seconds(10))
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
        for octets in nonsense { peer.send(octets) }
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
