import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A subscriber's readiness with publishers that are old, silent, hostile, or leave.
@Suite("Publishers that are asked whether a subscription is in force", .serialized)
struct SubscribedPeerTests {
    /// A SUB that is connected to a raw publisher.
    private func connected(
        _ context: Context,
        minor: UInt8 = 1,
        configure: (SubscriberSocket) -> Void = { _ in }
    ) throws -> (SubscriberSocket, RawPeer, RawServer) {
        let server = try RawServer()
        let subscriber = SubscriberSocket(context: context)
        configure(subscriber)
        try subscriber.connect(server.endpoint)
        let peer = try server.accept()
        try peer.shakeHands(as: "PUB", minor: minor)
        try subscriber.waitForPeers(timeout: enough)
        return (subscriber, peer, server)
    }

    /// Reads up to the next PING; returns its context.
    private func question(_ peer: RawPeer) throws -> [UInt8] {
        while true {
            let frame = try peer.receiveFrame()
            let name = [4] + Array("PING".utf8)
            if frame.isCommand, frame.body.starts(with: name) {
                return Array(frame.body.dropFirst(name.count + 2))
            }
        }
    }

    private func pong(_ context: [UInt8]) -> [UInt8] { Wire.command("PONG", context) }

    @Test("a question comes after the subscriptions, twice, and the second answer ends the wait")
    func questions() throws {
        try inContext { context in
            let (subscriber, peer, _) = try connected(context)
            try subscriber.subscribe("a")
            try subscriber.subscribe("b")
            let call = try Worker { try subscriber.subscribed(timeout: enough) }
            #expect(try peer.receiveFrame().body == Array("\u{9}SUBSCRIBEa".utf8))
            #expect(try peer.receiveFrame().body == Array("\u{9}SUBSCRIBEb".utf8))
            let first = try question(peer)
            #expect(first.count == 8)
            peer.send(pong(first))
            let second = try question(peer)
            #expect(second.count == 8 && second != first)
            #expect(code { try subscriber.subscribed(timeout: .zero) } == .timedOut)
            peer.send(pong(second))
            try call.value()
        }
    }

    @Test("of a publisher that promises to answer after applying, one answer is enough")
    func promise() throws {
        try inContext { context in
            let server = try RawServer()
            let subscriber = SubscriberSocket(context: context)
            try subscriber.connect(server.endpoint)
            let peer = try server.accept()
            let promise = Wire.property("X-Confirms", [1])
            peer.send(Wire.greeting() + Wire.ready("PUB", rest: promise))
            _ = try peer.receive(64)
            let call = try Worker { try subscriber.subscribed(timeout: enough) }
            peer.send(pong(try question(peer)))
            try call.value()
            // The promise is between the libraries.
            subscriber.describesMessages = true
            try subscriber.subscribe()
            peer.send(Wire.text("a"))
            #expect(try subscriber.next().metadata?.properties == [:])
        }
    }

    @Test("our publishers make that promise", arguments: ["PUB", "XPUB"])
    func ownPromise(kind: String) throws {
        try inContext { context in
            let publisher: any PublishingSocket =
                kind == "PUB"
                ? PublisherSocket(context: context) : XPublisherSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(publisher.bind("tcp://127.0.0.1:*"))")
            let ready = try peer.shakeHands(as: "SUB")
            let promise = Wire.property("X-Confirms", [1])
            #expect(ready.text.contains(String(decoding: promise, as: UTF8.self)))
        }
    }

    @Test("a publisher of ZMTP 3.0 is not asked, and counts once it was told")
    func old() throws {
        try inContext { context in
            let (subscriber, peer, _) = try connected(context, minor: 0)
            try subscriber.subscribe("a")
            try subscriber.subscribed(timeout: enough)
            #expect(try peer.receiveFrame() == RawFrame(flags: 0, body: [1] + Array("a".utf8)))
            try subscriber.subscribe("b")
            try subscriber.subscribed(timeout: enough)
            #expect(try peer.receiveFrame() == RawFrame(flags: 0, body: [1] + Array("b".utf8)))
        }
    }

    @Test("a publisher that does not answer is named when the time is up")
    func silent() throws {
        try inContext { context in
            let (subscriber, peer, server) = try connected(context)
            try subscriber.subscribe("a")
            for odd in [
                [], [1], [UInt8](repeating: 0, count: 8), [UInt8](repeating: 255, count: 8),
            ] {
                peer.send(pong(odd))
            }
            peer.send(pong([UInt8](repeating: 7, count: 16)))
            let error = #expect(throws: ZeroMQError.self) {
                try subscriber.subscribed(timeout: .milliseconds(100))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("1 of 1 publishers") == true)
            #expect(error?.message.contains(server.endpoint) == true)
            // It is alive and may answer later.
            peer.send(pong(try question(peer)))
            peer.send(pong(try question(peer)))
            let later = try Worker { try subscriber.subscribed(timeout: enough) }
            peer.send(pong(try question(peer)))
            peer.send(pong(try question(peer)))
            try later.value()
        }
    }

    @Test("an answer that is lost is given to the next heartbeat")
    func lostAnswer() throws {
        try inContext { context in
            let (subscriber, peer, _) = try connected(context) {
                $0.options.heartbeat = Heartbeat(interval: .milliseconds(10), timeout: enough)
            }
            let call = try Worker { try subscriber.subscribed(timeout: enough) }
            var first = try question(peer)
            while first.isEmpty { first = try question(peer) }
            #expect(try question(peer) == first)
            peer.send(pong(first))
            var second = first
            while second == first { second = try question(peer) }
            #expect(try question(peer) == second)
            peer.send(pong(second))
            try call.value()
        }
    }

    @Test("with nobody there the call waits for the first publisher")
    func nobody() throws {
        try inContext { context in
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe("a")
            try subscriber.subscribed(atLeast: 0, timeout: .zero)
            let error = #expect(throws: ZeroMQError.self) {
                try subscriber.subscribed(timeout: .zero)
            }
            #expect(error?.message.contains("fewer than 1 publishers") == true)
            let endpoint = try subscriber.bind("tcp://127.0.0.1:*")
            let call = try Worker { try subscriber.subscribed(atLeast: 2, timeout: enough) }
            let publishers = [PublisherSocket(context: context), PublisherSocket(context: context)]
            for publisher in publishers { try publisher.connect(endpoint) }
            try call.value()
            #expect(publishers.allSatisfy { $0.subscriptionCount == 1 })
        }
    }

    @Test("a publisher that leaves meanwhile no longer counts")
    func leaving() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let (subscriber, peer, server) = try connected(context)
            try subscriber.connect(publisher.bind("tcp://127.0.0.1:*"))
            try subscriber.waitForPeers(atLeast: 2, timeout: enough)
            let call = try Worker { try subscriber.subscribed(timeout: enough) }
            _ = try question(peer)
            withExtendedLifetime(server) { peer.close() }
            try call.value()
        }
    }

    @Test("one that comes meanwhile counts as well")
    func coming() throws {
        try inContext { context in
            let (subscriber, peer, _) = try connected(context)
            try subscriber.subscribe("a")
            let call = try Worker { try subscriber.subscribed(timeout: enough) }
            let first = try question(peer)
            let server = try RawServer()
            try subscriber.connect(server.endpoint)
            let other = try server.accept()
            try other.shakeHands(as: "PUB")
            let late = try question(other)
            peer.send(pong(first))
            peer.send(pong(try question(peer)) + Wire.text("a"))
            // The message came behind the last answer.
            #expect(try subscriber.next() == "a")
            #expect(subscriber.handle.core.confirmations?.openQuestion != nil)
            other.send(pong(late))
            other.send(pong(try question(other)))
            try call.value()
            #expect(subscriber.handle.core.confirmations?.openQuestion == nil)
        }
    }

    // MARK: The end of the wait

    @Test("cancelling, closing and shutting down end it", arguments: 0..<3)
    func ends(how: Int) async throws {
        let context = Context()
        let (subscriber, peer, server) = try connected(context)
        let call = Task { try await subscriber.subscribed() }
        _ = try question(peer)
        switch how {
        case 0: call.cancel()
        case 1: await subscriber.close()
        default: await context.shutDown()
        }
        let expected: [ZeroMQError.Code] = [.cancelled, .socketClosed, .contextShutDown]
        #expect(await code { try await call.value } == expected[how])
        withExtendedLifetime(server) {}
        await context.shutDown()
    }

    @Test("closing ends the blocking form")
    func closing() throws {
        try inContext { context in
            let (subscriber, peer, server) = try connected(context)
            let call = try Worker { code { try subscriber.subscribed() } }
            _ = try question(peer)
            subscriber.close()
            #expect(try call.value() == .socketClosed)
            #expect(code { try subscriber.subscribed() } == .socketClosed)
            withExtendedLifetime(server) {}
        }
    }

    @Test("an endpoint that was given up ends it")
    func givenUp() throws {
        try inContext { context in
            let subscriber = SubscriberSocket(context: context)
            subscriber.options.reconnect = .never
            try subscriber.connect(Transport.tcp.place(context))
            #expect(code { try subscriber.subscribed(timeout: enough) } == .notConnected)
        }
    }

    @Test("a deadline that has passed is no wait at all")
    func deadline() async throws {
        try await inContext { context in
            let (subscriber, peer, server) = try connected(context)
            #expect(await code { try await subscriber.subscribed(until: .now) } == .timedOut)
            withExtendedLifetime((peer, server)) {}
        }
    }

    // MARK: Our own publishers

    @Test("an XPUB answers once the changes before the PING are applied")
    func putOff() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(publisher.bind("tcp://127.0.0.1:*"))")
            try peer.shakeHands(as: "SUB")
            try publisher.waitForPeers(timeout: enough)
            let core = publisher.handle.core
            core.enterReceiver()
            peer.send(Wire.subscribe([65]))
            // Applied, but its notice cannot be read now: the next ones wait.
            #expect(eventually { publisher.subscriptionCount == 1 })
            for number in 0..<10 as Range<UInt8> { peer.send(Wire.subscribe([66, number])) }
            peer.send(Wire.ping(context: [1, 2, 3]))
            let pipe = try #require(core.sending.pointee.pipes.pipes.first)
            #expect(eventually { pipe.arrivedChanges?.waitingPings == 1 })
            #expect(publisher.subscriptionCount == 1)
            #expect(peer.isSilent(milliseconds: 20))
            for number in 0..<100 as Range<UInt8> { peer.send(Wire.ping(context: [number])) }
            core.leaveReceiver()
            let name = [4] + Array("PONG".utf8)
            var answers: [[UInt8]] = []
            while answers.last != name + [99] { answers.append(try peer.receiveFrame().body) }
            #expect(publisher.subscriptionCount == 11)
        }
    }
}
