import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("What becomes of messages for a peer that is disconnected")
struct DismissedPeerTests {
    /// Types that queue for one peer, and what such a peer calls itself.
    enum Sender: String, CaseIterable, CustomTestStringConvertible {
        case push, dealer, router, pair, publisher, xPublisher, stream

        var testDescription: String { rawValue }

        var peerType: String? {
            switch self {
            case .push: "PULL"
            case .dealer, .router: "DEALER"
            case .pair: "PAIR"
            case .publisher, .xPublisher: "SUB"
            case .stream: nil
            }
        }

        func make(_ context: Context) -> any SendingSocket {
            switch self {
            case .push: PushSocket(context: context)
            case .dealer: DealerSocket(context: context)
            case .router: RouterSocket(context: context)
            case .pair: PairSocket(context: context)
            case .publisher: PublisherSocket(context: context)
            case .xPublisher: XPublisherSocket(context: context)
            case .stream: StreamSocket(context: context)
            }
        }

        /// A message for the peer.
        func message(_ peer: Peer, _ body: Frame) -> Message {
            switch self {
            case .router, .stream: [peer.routingID, body]
            case .push, .dealer, .pair, .publisher, .xPublisher: Message(body)
            }
        }
    }

    @Test(
        "a client that does not read is ended at once, or when the time to linger is over",
        arguments: Sender.allCases,
        [Linger.discard, .wait(upTo: .milliseconds(300))]
    )
    func unread(sender: Sender, linger: Linger) throws {
        try inContext { context in
            let socket = sender.make(context)
            socket.linger = .waitForever
            let endpoint = try socket.bind("tcp://127.0.0.1:*")
            let client = try RawPeer(connectingTo: "\(endpoint)")
            if let type = sender.peerType { try client.shakeHands(as: type) }
            if sender.peerType == "SUB" { client.send(Wire.subscribe([])) }
            try socket.waitForPeers(atLeast: 1, timeout: enough)
            let peer = try #require(socket.peers.first)
            if let publisher = socket as? any PublishingSocket {
                try publisher.waitForSubscribers(timeout: enough)
            }
            let much = Frame([UInt8](repeating: 1, count: 8 << 20))
            for _ in 0..<10 { _ = try socket.trySend(sender.message(peer, much)) }
            let sent = socket.statistics.messagesSent
            #expect(sent > 1)

            let clock = ContinuousClock()
            let start = clock.now
            let events = socket.events
            #expect(socket.disconnect(peer, linger: linger))
            // It does not wait for the peer.
            #expect(clock.now - start < .seconds(5))
            if linger == .discard { #expect(socket.peers.isEmpty) }
            // Nothing new goes there, although the connection may still be there.
            _ = try? socket.trySend(sender.message(peer, "late"))
            #expect(socket.statistics.messagesSent == sent)
            try events.awaitLoss()
            #expect(clock.now - start < .seconds(8))
            #expect(socket.peers.isEmpty && client.waitForClose())
            let now = socket.statistics
            #expect(now.messagesQueuedToSend == 0)
            #expect((now.dropped[.lingerExpired] ?? 0) > 0)
        }
    }

    @Test("a STREAM lingers for ever, but not with a client that takes nothing")
    func idle() throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            stream.linger = .waitForever
            let client = try RawPeer(connectingTo: "\(try stream.bind("tcp://127.0.0.1:*"))")
            let id = try stream.next()[0]
            for _ in 0..<4 { try stream.put([id, Frame([UInt8](repeating: 1, count: 8 << 20))]) }
            let peer = try #require(stream.peers.first)
            #expect(stream.disconnect(peer))
            #expect(code { try stream.put([id, "late"]) } == .hostUnreachable)
            #expect(stream.peers == [peer])
            try stream.events.awaitLoss()
            #expect(stream.peers.isEmpty && client.waitForClose())
            #expect((stream.statistics.dropped[.lingerExpired] ?? 0) > 0)
        }
    }

    @Test("what was sent before still goes to the peer", arguments: transports)
    func farewell(wire: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let endpoint = try router.bind(wire)
            for number in 0..<50 {
                let dealer = DealerSocket(context: context)
                dealer.options.reconnect = .never
                try dealer.connect(endpoint)
                try dealer.put("hello")
                let id = try router.next()[0]
                let peer = try #require(router.peers.last)
                #expect(peer.routingID == id)
                let body = Frame([UInt8](repeating: UInt8(number), count: 10_000 * number))
                try router.put([id, body])
                try router.put([id, "bye"])
                #expect(router.disconnect(peer))
                #expect(try dealer.next() == Message(body) && dealer.next() == "bye")
                #expect(eventually { dealer.peers.isEmpty && router.peers.isEmpty })
            }
            #expect(router.statistics.dropped.isEmpty)
        }
    }

    @Test("a second request can only bring the end forward", arguments: wires)
    func twice(wire: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let client = try RawPeer(connectingTo: "\(try push.bind(wire))")
            try client.shakeHands(as: "PULL")
            try push.waitForPeers(atLeast: 1, timeout: enough)
            for _ in 0..<4 { try push.put(Message([UInt8](repeating: 1, count: 8 << 20))) }
            let peer = try #require(push.peers.first)
            #expect(push.disconnect(peer, linger: .waitForever))
            #expect(push.disconnect(peer, linger: .wait(upTo: .seconds(600))))
            #expect(push.peers == [peer])
            #expect(push.disconnect(peer, linger: .wait(upTo: .milliseconds(50))))
            try push.events.awaitLoss()
            #expect(!push.disconnect(peer) && push.peers.isEmpty)
        }
    }

    @Test(
        "what a connecting socket has queued goes over the next connection",
        arguments: [true, false]
    )
    func kept(isLocal: Bool) throws {
        try inContext { context in
            let server = try RawServer(isLocal: isLocal)
            let push = PushSocket(context: context)
            comesBackQuickly(push)
            try push.connect(server.endpoint)
            let first = try server.accept()
            try first.shakeHands(as: "PULL")
            try push.waitForPeers(atLeast: 1, timeout: enough)
            let body = [UInt8](repeating: 7, count: 8 << 20)
            for number in 0..<4 { try push.put([Frame("\(number)"), Frame(body)]) }
            #expect(push.disconnect(try #require(push.peers.first)))
            #expect(first.waitForClose())
            let second = try server.accept()
            try second.shakeHands(as: "PULL")
            // The system cannot have taken more than the first one.
            var number = try second.receiveFrame().body
            #expect(number == Array("0".utf8) || number == Array("1".utf8))
            #expect(try second.receiveFrame().body == body)
            while number != Array("3".utf8) {
                number = try second.receiveFrame().body
                #expect(try second.receiveFrame().body == body)
            }
            #expect(push.statistics.dropped.isEmpty)
        }
    }

    @Test("over inproc the receiver reads what was sent", arguments: [true, false])
    func inproc(endsAtBinder: Bool) throws {
        try inContext { context in
            let (pull, push) = (PullSocket(context: context), PushSocket(context: context))
            try pull.bind("inproc://kept")
            try push.connect("inproc://kept")
            for round in 0..<20 {
                for number in 0..<10 { try push.put(Message("\(round) \(number)")) }
                let socket: any Socket = endsAtBinder ? pull : push
                #expect(socket.disconnect(try #require(socket.peers.first)))
                for number in 10..<20 { try push.put(Message("\(round) \(number)")) }
                // Those of two connections, whose messages take turns.
                let all = try pull.next(20).map { String($0) }
                #expect(Set(all) == Set((0..<20).map { "\(round) \($0)" }))
            }
            #expect(push.statistics.dropped.isEmpty && pull.statistics.dropped.isEmpty)
        }
    }

    @Test("a request under way ends with its connection", arguments: Transport.allCases)
    func request(transport: Transport) throws {
        try transport.run { context, place in
            let (reply, request) = (ReplySocket(context: context), RequestSocket(context: context))
            try reply.bind(place)
            request.options.reconnect = impatient
            try request.connect(place)
            let worker = try Worker { code { _ = try request.request("question") } }
            #expect(try reply.next() == "question")
            #expect(reply.disconnect(try #require(reply.peers.first)))
            #expect(try worker.value() == .notConnected)
            try reply.put("nobody hears this")
            #expect(reply.statistics.dropped[.peerGone] == 1)
            let again = try Worker { try request.request("again") }
            #expect(try reply.next() == "again")
            try reply.put("answer")
            #expect(try again.value() == "answer")
        }
    }

    @Test("a RequestClient ends one server's connection", arguments: Transport.allCases)
    func client(transport: Transport) throws {
        try transport.run { context, place in
            let server = RouterSocket(context: context)
            try server.bind(place)
            let client = RequestClient(context: context)
            client.options.reconnect = impatient
            try client.connect(place)
            let worker = try Worker { code { _ = try client.request("question") } }
            let request = try server.next()
            let peer = try #require(client.peers.first)
            #expect(client.disconnect(peer) && !client.disconnect(peer))
            #expect(try worker.value() == .notConnected)
            // The answer has nowhere to go, and the next request goes over the next connection.
            try server.put(request)
            let again = try Worker { try client.request("again", timeout: enough) }
            try server.put(try server.next())
            #expect(try again.value() == "again")
            #expect(client.peers.count == 1 && client.peers[0].id != peer.id)
            client.close()
        }
    }
}
