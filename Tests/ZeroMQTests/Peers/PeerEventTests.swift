import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Every event of a connection says which one")
struct PeerEventTests {
    /// The events of one connection, by number, until nothing more happens to the socket.
    private func stories(at socket: some Socket) -> [Peer.ID: [SocketEvent]] {
        var stories: [Peer.ID: [SocketEvent]] = [:]
        let events = socket.events
        while let event = events.next(timeout: enough) {
            if let peer = event.peer { stories[peer.id, default: []].append(event) }
        }
        return stories
    }

    private func names(_ events: [SocketEvent]) -> [String] {
        events.map { String("\($0)".prefix { $0 != "(" }) }
    }

    @Test("from its beginning to its end, at both sides", arguments: Transport.allCases)
    func oneStory(transport: Transport) throws {
        try transport.run { context, place in
            let (bound, one, two) = (
                RouterSocket(context: context), DealerSocket(context: context),
                DealerSocket(context: context)
            )
            try bound.bind(place)
            for (name, socket) in [("one", one), ("two", two)] {
                socket.options.routingID = Frame(name)
                socket.options.reconnect = .never
                try socket.connect(place)
                try socket.waitForPeers(atLeast: 1, timeout: enough)
            }
            try bound.waitForPeers(atLeast: 2, timeout: enough)
            two.close()
            #expect(eventually { bound.peerCount == 1 })
            bound.close()
            one.close()

            let stories = stories(at: bound)
            #expect(stories.count == 2)
            let last = stories.mapValues { $0.last?.peer?.routingID }
            #expect(Set(last.values) == ["one", "two"])
            for (number, story) in stories {
                #expect(names(story) == ["accepted", "handshakeSucceeded", "disconnected"])
                #expect(story.allSatisfy { $0.endpoint == place })
                let peers = story.compactMap(\.peer)
                #expect(peers.allSatisfy { $0.id == number && $0.address == peers[0].address })
                #expect(peers.dropFirst().allSatisfy { $0.socketType == "DEALER" })
                let isTwo = peers[1].routingID == "two"
                #expect(story.last?.reason == (isTwo ? .closedByPeer : .local))
                if transport == .tcp { #expect(peers[0].address.hasPrefix("127.0.0.1:")) }
            }
            let told = self.stories(at: one)
            #expect(told.count == 1)
            let story = try #require(told.values.first)
            #expect(names(story) == ["connected", "handshakeSucceeded", "disconnected"])
            #expect(story.last?.peer?.socketType == "ROUTER")
            #expect(Set(stories.keys).isDisjoint(with: told.keys))
        }
    }

    @Test("a ROUTER and a STREAM name the id to send to", arguments: Transport.allCases)
    func sendable(transport: Transport) throws {
        try transport.run { context, place in
            let router = RouterSocket(context: context)
            let events = router.events
            try router.bind(place)
            let dealer = DealerSocket(context: context)
            try dealer.connect(place)
            let event = events.first { if case .handshakeSucceeded = $0 { true } else { false } }
            let id = try #require(event?.peer?.routingID)
            #expect(id.count == 5 && router.peers.first?.routingID == id)
            try router.put([id, "hello"])
            #expect(try dealer.next() == "hello")
            guard transport != .inproc else { return }
            try router.unbind(place)
            let stream = StreamSocket(context: context)
            #expect(eventually { (try? stream.bind(place)) != nil })
            let peer = try RawPeer(connectingTo: "\(place)")
            let name = try stream.next()[0]
            #expect(stream.peers.map(\.routingID) == [name])
            try stream.put([name, "raw"])
            #expect(try peer.receive(3) == Array("raw".utf8))
        }
    }

    @Test(
        "a peer that is refused is told apart from the one that is there",
        arguments: Transport.allCases
    )
    func refused(transport: Transport) throws {
        try transport.run { context, place in
            let (bound, first, second) = (
                PairSocket(context: context), PairSocket(context: context),
                PairSocket(context: context)
            )
            try bound.bind(place)
            try first.connect(place)
            try bound.waitForPeers(atLeast: 1, timeout: enough)
            let there = bound.peers
            second.options.reconnect = .never
            try second.connect(place)
            let failed = { (event: SocketEvent) in
                if case .handshakeFailed = event { true } else { false }
            }
            let peer = try #require(bound.events.first(where: failed)?.peer)
            #expect(there.count == 1 && there[0].id != peer.id && bound.peers == there)
            let told = try #require(second.events.first(where: failed)?.peer)
            #expect(told.id != peer.id && second.peers.isEmpty)
        }
    }

    @Test("a peer that was not let in is named with what it claimed to be", arguments: wires)
    func claimed(wire: String) throws {
        try inContext { context in
            let server = PullSocket(context: context)
            server.options.security = .plainServer
            server.options.authenticator = .passwords(["alice": "secret"])
            let endpoint = try server.bind(wire)
            let events = server.events
            var clients: [PushSocket] = []
            for (user, password) in [("alice", "secret"), ("mallory\n", "guess")] {
                let client = PushSocket(context: context)
                client.options.security = .plainClient(user: user, password: password)
                client.options.reconnect = .never
                try client.connect(endpoint)
                clients.append(client)
                let event = events.first {
                    switch $0 {
                    case .handshakeSucceeded, .handshakeFailed: true
                    default: false
                    }
                }
                let peer = try #require(event?.peer)
                #expect(peer.userID == user)
                #expect((event?.reason == nil) == (user == "alice"))
                // Fit for a log, whatever the peer says.
                #expect(!"\(peer)".contains("\n"))
            }
            #expect(server.peers.map(\.userID) == ["alice"])
            for client in clients { client.close() }
        }
    }

    @Test("a key that was not let in is named")
    func refusedKey() throws {
        try inContext { context in
            let (ours, theirs) = (try CurveKeyPair(), try CurveKeyPair())
            let server = PullSocket(context: context)
            server.options.security = .curveServer(ours)
            server.options.authenticator = .keys([ours.publicKey])
            let client = PushSocket(context: context)
            client.options.security = .curveClient(theirs, server: ours.publicKey)
            try client.connect(try server.bind("tcp://127.0.0.1:*"))
            let event = server.events.first {
                if case .handshakeFailed = $0 { true } else { false }
            }
            #expect(event?.peer?.publicKey == theirs.publicKey)
        }
    }

    @Test("numbers are never used again, and grow", arguments: Transport.allCases)
    func numbers(transport: Transport) throws {
        try transport.run { context, place in
            let pull = PullSocket(context: context)
            try pull.bind(place)
            var last: Peer.ID = 0
            for _ in 0..<20 {
                let push = PushSocket(context: context)
                try push.connect(place)
                try push.waitForPeers(atLeast: 1, timeout: enough)
                try pull.waitForPeers(atLeast: 1, timeout: enough)
                let peer = try #require(pull.peers.first)
                #expect(peer.id > last)
                last = peer.id
                push.close()
                #expect(eventually { pull.peers.isEmpty })
            }
        }
    }
}
