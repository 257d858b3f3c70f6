import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("An endpoint that was given up leaves nothing behind", .tags(.threads))
struct GivingUpTests {
    /// A peer that answered, and whose end is the end of the endpoint.
    private func connectOnce(_ socket: any Socket, as kind: String) throws -> (RawServer, RawPeer) {
        socket.options.reconnect = .never
        let server = try RawServer()
        try socket.connect(server.endpoint)
        let peer = try server.accept()
        try peer.shakeHands(as: kind)
        try socket.waitForPeers(atLeast: 1, timeout: enough)
        return (server, peer)
    }

    private func waitForClosed(_ socket: any Socket) {
        #expect(socket.events.first { if case .closed = $0 { true } else { false } } != nil)
    }

    @Test("no message goes to it, and what was queued is counted", arguments: [true, false])
    func feeding(takesBack: Bool) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            let (server, peer) = try connectOnce(push, as: "PULL")
            let large = Message([UInt8](repeating: 1, count: 1 << 20))
            for _ in 0..<40 { try push.put(large) }
            peer.close()
            waitForClosed(push)
            let lost = push.statistics.dropped[.peerGone] ?? 0
            #expect(lost > 0 && push.statistics.messagesQueuedToSend == 0)
            if takesBack { try push.disconnect(server.endpoint) }
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            for number in 0..<100 { try push.put(Message("\(number)")) }
            for number in 0..<100 { #expect(try pull.next() == Message("\(number)")) }
            #expect(push.close() == 0)
            #expect(push.statistics.dropped == [.peerGone: lost])
        }
    }

    @Test("a server that refused is forgotten", arguments: [true, false])
    func refusal(takesBack: Bool) throws {
        try inContext { context in
            let (client, server) = (DealerSocket(context: context), RouterSocket(context: context))
            let friend = DealerSocket(context: context)
            server.options.security = .plainServer
            server.options.authenticator = .passwords([:])
            client.options.security = .plainClient(user: "alice", password: "wrong")
            client.options.throwsWhenRefused = true
            client.options.reconnectStops = .handshakeFailed
            let refusing = try server.bind("tcp://127.0.0.1:*")
            try client.connect(refusing)
            // Whoever waits is told why nobody will come.
            #expect(code { _ = try client.receive() } == .authenticationRefused)
            waitForClosed(client)
            #expect(code { _ = try client.receive() } == .authenticationRefused)
            if takesBack { try client.disconnect(refusing) }
            client.options.security = .none
            try client.connect(friend.bind("tcp://127.0.0.1:*"))
            try client.put("hello")
            #expect(try friend.next() == "hello")
            try friend.put("hello, you")
            #expect(try client.receive() == "hello, you")
        }
    }

    @Test("a close that waits for it comes to its end")
    func closing() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let (_, peer) = try connectOnce(push, as: "PULL")
            let large = Message([UInt8](repeating: 1, count: 1 << 20))
            for _ in 0..<40 { try push.put(large) }
            let closer = try Worker { push.close(linger: .waitForever) }
            // It is waiting by now, or will find the endpoint given up: both have to end.
            let isClosing = eventually { code { _ = try push.trySend("x") } == .socketClosed }
            #expect(isClosing)
            peer.close()
            let unsent = try closer.value()
            #expect(unsent > 0 && push.statistics.dropped == [.peerGone: unsent])
        }
    }

    @Test("a PAIR has place for its next peer")
    func pair() throws {
        try inContext { context in
            let (one, two) = (PairSocket(context: context), PairSocket(context: context))
            let (_, peer) = try connectOnce(one, as: "PAIR")
            peer.close()
            waitForClosed(one)
            try one.connect(two.bind("tcp://127.0.0.1:*"))
            try one.put("for the next")
            #expect(try two.next() == "for the next")
        }
    }

    @Test("calls that would wait for ever throw, those that wait already and those that come")
    func abandoned() async throws {
        try await inContext { context in
            let pair = PairSocket(context: context)
            let publisher = PublisherSocket(context: context)
            let (_, first) = try connectOnce(pair, as: "PAIR")
            let (_, second) = try connectOnce(publisher, as: "SUB")
            let workers = [
                try Worker { code { _ = try pair.receive() } },
                try Worker { code { try pair.waitForPeers(atLeast: 2) } },
                try Worker { code { try publisher.waitForSubscribers(atLeast: 1) } },
            ]
            async let received = code { _ = try await pair.receive() }
            async let connected = code { try await pair.waitForPeers(atLeast: 2) }
            first.close()
            second.close()
            for worker in workers { #expect(try worker.value() == .notConnected) }
            #expect(await received == .notConnected)
            #expect(await connected == .notConnected)
            #expect(code { try pair.send("x") } == .notConnected)
            #expect(await code { try await pair.send("x", timeout: enough) } == .notConnected)
            #expect(try !pair.trySend("x") && pair.tryReceive() == nil)
            // Another endpoint is another hope.
            let other = PairSocket(context: context)
            try other.connect(pair.bind("tcp://127.0.0.1:*"))
            try other.put("hello")
            #expect(try await pair.receive() == "hello")
        }
    }

    @Test("what was received before is received first")
    func receivedBefore() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let (_, peer) = try connectOnce(pull, as: "PUSH")
            for number in 0..<3 { peer.send(Wire.text("\(number)")) }
            peer.close()
            waitForClosed(pull)
            for number in 0..<3 { #expect(try pull.receive() == Message("\(number)")) }
            #expect(code { _ = try pull.receive() } == .notConnected)
        }
    }
}
