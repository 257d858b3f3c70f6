import Dispatch
import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Hostile peers, C and H: what had arrived whole before a close is delivered")
struct ClosingRows {
    private func expectAll<Tested: ReceivingSocket>(_ count: Int, at socket: Tested) throws {
        for number in 0..<count {
            let message = try socket.receive(timeout: .seconds(20))
            guard message == Message("\(number)") else {
                Issue.record("\(message) instead of \(number)")
                return
            }
        }
    }

    private func texts(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { Wire.text("\($0)") }
    }

    @Test("messages kept back survive that nothing can be written any more", arguments: transports)
    func writingFails(transport: String) throws {
        let context = Context()
        defer { context.shutDown() }
        let dealer = DealerSocket(context: context)
        dealer.receiveHighWaterMark = 10
        let bad = try RawPeer(connectingTo: dealer.bind(transport).description)
        try bad.shakeHands(as: "DEALER")
        bad.send(Wire.text("first") + texts(4000))
        #expect(try dealer.receive(timeout: .seconds(10)) == "first")
        bad.close()
        // The peer's kernel refuses the first of these; the others meet the refusal.
        for _ in 0..<20 { _ = try dealer.trySend("nobody reads this") }
        try expectAll(4000, at: dealer)
        #expect(try nextEnd(of: dealer) != nil)
    }

    private func nextEnd(of socket: some Socket) throws -> DisconnectReason? {
        while let event = socket.events.next(timeout: .seconds(10)) {
            if let reason = event.endReason { return reason }
        }
        return nil
    }

    @Test("100,000 messages and a close at once all reach a slow PULL", arguments: transports)
    func sendAndClose(transport: String) throws {
        let context = Context()
        defer { context.shutDown() }
        let pull = PullSocket(context: context)
        pull.receiveHighWaterMark = 10
        let bad = try RawPeer(connectingTo: pull.bind(transport).description)
        let bytes = Wire.greeting() + Wire.ready("PUSH") + texts(100_000)
        DispatchQueue.global().async {
            bad.send(bytes, milliseconds: 60_000)
            // What our socket said is read, or the kernel would cut the connection short.
            _ = try? bad.receive(64)
            _ = try? bad.receiveFrame()
            bad.close()
        }
        try expectAll(100_000, at: pull)
    }

    /// Sends numbers to a PULL held at its mark, and shuts the sender's context down at once.
    ///
    /// `body` is given the PULL, and asks with the closure whether the context has come to its end.
    private func withLingeringPush(
        _ count: Int,
        _ transport: String,
        _ body: (PullSocket, _ hasEnded: () -> Bool) throws -> Void
    ) throws {
        let (here, there) = (Context(), Context())
        defer { there.shutDown() }
        let pull = PullSocket(context: there)
        pull.receiveHighWaterMark = 10
        let push = PushSocket(context: here)
        push.sendHighWaterMark = .unlimited
        push.linger = .waitForever
        try push.connect(pull.bind(transport).description)
        for number in 0..<count { try push.send(Message("\(number)")) }
        let closed = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            here.shutDown()
            closed.signal()
        }
        try body(pull) { closed.wait(timeout: .now() + .seconds(20)) == .success }
    }

    @Test("a PUSH that lingers loses nothing to a PULL held at its mark", arguments: transports)
    func linger(transport: String) throws {
        try withLingeringPush(100_000, transport) { pull, hasEnded in
            try expectAll(100_000, at: pull)
            #expect(hasEnded())
        }
    }

    @Test("the tail of a PUSH that is gone reaches a PULL held at its mark", arguments: transports)
    func tail(transport: String) throws {
        try withLingeringPush(200, transport) { pull, hasEnded in
            // The kernel has room for all of it, even where every message is a write of its own:
            // the end of the connection is there before the first message is taken.
            #expect(hasEnded())
            try expectAll(200, at: pull)
        }
    }

    @Test("a peer's time to live does not pass while its messages are kept back")
    func timeToLive() throws {
        let context = Context()
        defer { context.shutDown() }
        let pull = PullSocket(context: context)
        pull.receiveHighWaterMark = 1
        let bad = try RawPeer(connectingTo: pull.bind(transports[0]).description)
        try bad.shakeHands(as: "PUSH")
        bad.send(Wire.ping(timeToLive: 1) + texts(100))
        #expect(try bad.receiveFrame().body == Array("\u{4}PONG".utf8))
        while let event = pull.events.next(timeout: .milliseconds(400)) {
            #expect(event.endReason == nil)
        }
        try expectAll(100, at: pull)
        #expect(try nextEnd(of: pull) == .heartbeat)
    }
}
