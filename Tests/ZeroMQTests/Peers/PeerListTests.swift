import Testing
import ZeroMQ
import ZeroMQReactor
import ZeroMQTestSupport

@Suite("A socket lists its peers, and ends one of them")
struct PeerListTests {
    private func isLoss(_ event: SocketEvent) -> Bool {
        if case .disconnected = event { true } else { false }
    }

    @Test(
        "every type, when it is bound: the others stay",
        arguments: Couple.allCases,
        Transport.allCases
    )
    func bound(couple: Couple, transport: Transport) throws {
        try transport.run { context, place in
            let bound = couple.first(context)
            try bound.bind(place)
            let others = (0..<(couple.isForTwo ? 1 : 3)).map { _ in couple.second(context) }
            for (number, other) in others.enumerated() {
                other.options.reconnect = .never
                if other is RouterSocket || other is DealerSocket {
                    other.options.routingID = Frame("peer \(number)")
                }
                try other.connect(place)
                try other.waitForPeers(atLeast: 1, timeout: enough)
            }
            try bound.waitForPeers(atLeast: others.count, timeout: enough)
            let peers = bound.peers
            #expect(peers.count == others.count && bound.peerCount == others.count)
            #expect(peers.map(\.id) == peers.map(\.id).sorted())
            #expect(Set(peers).count == others.count)

            let events = bound.events
            #expect(bound.disconnect(peers[0]))
            let loss = try #require(events.first(where: isLoss))
            #expect(loss.peer == peers[0] && loss.reason == .local)
            #expect(bound.peers == Array(peers.dropFirst()))
            #expect(bound.peerCount == others.count - 1)
            #expect(!bound.disconnect(peers[0]))
            #expect(eventually { others.filter { $0.peerCount == 0 }.count == 1 })
            let lonely = try #require(others.first { $0.peerCount == 0 })
            #expect(lonely.events.first(where: isLoss)?.reason == .closedByPeer)
            #expect(lonely.peers.isEmpty)
        }
    }

    @Test(
        "every type, when it connects: it comes back on another connection",
        arguments: Couple.allCases,
        Transport.allCases
    )
    func connecting(couple: Couple, transport: Transport) throws {
        try transport.run { context, place in
            let (bound, connecting) = (couple.first(context), couple.second(context))
            if connecting is RouterSocket { connecting.options.routingID = Frame("me") }
            try bound.bind(place)
            comesBackQuickly(connecting)
            try connecting.connect(place)
            try connecting.waitForPeers(atLeast: 1, timeout: enough)
            try bound.waitForPeers(atLeast: 1, timeout: enough)
            let (here, there) = (connecting.peers, bound.peers)
            let events = (here: connecting.events, there: bound.events)
            #expect(connecting.disconnect(here[0]))
            let loss = try #require(events.here.first(where: isLoss))
            #expect(loss.peer == here[0] && loss.reason == .local)
            let seen = try #require(events.there.first(where: isLoss))
            #expect(seen.peer == there[0] && seen.reason == .closedByPeer)
            try events.here.awaitPeer()
            try events.there.awaitPeer()
            #expect(connecting.peers.count == 1 && bound.peers.count == 1)
            #expect(connecting.peers[0].id > here[0].id && bound.peers[0].id > there[0].id)
            #expect(!connecting.disconnect(here[0]) && !bound.disconnect(there[0]))
            #expect(connecting.peerCount == 1 && bound.peerCount == 1)
        }
    }

    @Test("an endpoint that stops after a loss stops after this one", arguments: Transport.allCases)
    func stopping(transport: Transport) throws {
        try transport.run { context, place in
            let (pull, push) = (PullSocket(context: context), PushSocket(context: context))
            try pull.bind(place)
            push.options.reconnect = impatient
            push.options.reconnectStops = .afterDisconnect
            try push.connect(place)
            try push.waitForPeers(atLeast: 1, timeout: enough)
            #expect(push.disconnect(push.peers[0]))
            try push.events.awaitClosed(place)
            #expect(code { try push.waitForPeers(atLeast: 1) } == .notConnected)
        }
    }

    @Test("a connection can be ended before it is a peer's", arguments: wires)
    func strangers(wire: String) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind(wire)
            let stranger = try RawPeer(connectingTo: "\(endpoint)")
            let events = pull.events
            let accepted = events.first { if case .accepted = $0 { true } else { false } }
            let peer = try #require(accepted?.peer)
            #expect(pull.peers.isEmpty && peer.socketType.isEmpty)
            #expect(pull.disconnect(peer))
            #expect(stranger.waitForClose())
            let failed = events.first { if case .handshakeFailed = $0 { true } else { false } }
            #expect(failed?.peer == peer && failed?.reason == .local)
            #expect(!pull.disconnect(peer))
        }
    }

    @Test("somebody else's peer, and one of a socket that is closed, are nobody")
    func unknown() throws {
        try inContext { context in
            let (pull, push) = (PullSocket(context: context), PushSocket(context: context))
            try push.connect(try pull.bind("tcp://127.0.0.1:*"))
            try push.waitForPeers(atLeast: 1, timeout: enough)
            try pull.waitForPeers(atLeast: 1, timeout: enough)
            let (peer, theirs) = (push.peers[0], pull.peers[0])
            #expect(!push.disconnect(theirs) && !pull.disconnect(peer))
            #expect(push.peers == [peer] && pull.peers == [theirs])
            push.close()
            #expect(push.peers.isEmpty && !push.disconnect(peer))
            context.shutDown()
            #expect(pull.peers.isEmpty && !pull.disconnect(theirs))
        }
    }

    @Test("of many who end the same one, one has done it", arguments: Transport.allCases)
    func race(transport: Transport) throws {
        try transport.run { context, place in
            let (pull, push) = (PullSocket(context: context), PushSocket(context: context))
            try pull.bind(place)
            push.options.reconnect = impatient
            try push.connect(place)
            for _ in 0..<30 {
                try pull.waitForPeers(atLeast: 1, timeout: enough)
                guard let peer = pull.peers.first else { continue }
                let workers = try (0..<4).map { _ in
                    try Worker { pull.disconnect(peer, linger: .discard) }
                }
                let answers = try workers.map { try $0.value() }
                #expect(answers.count { $0 } <= 1)
                #expect(!pull.peers.contains(peer))
            }
        }
    }

    @Test("beside traffic and reconnections nothing hangs, and all is counted")
    func churn() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let name = "inproc://churn"
            try pull.bind(name)
            let isOver = Locked(false)
            let senders = (0..<4).map { _ in PushSocket(context: context) }
            for (number, push) in senders.enumerated() {
                push.options.reconnect = impatient
                push.linger = .discard
                if number.isMultiple(of: 2) {
                    try push.connect(endpoint)
                } else {
                    try push.connect(name)
                }
            }
            let workers = try senders.map { push in
                try Worker { () -> Int in
                    var count = 0
                    while !isOver.withLock({ $0 }) {
                        if (try? push.send("x", timeout: .milliseconds(10))) != nil { count += 1 }
                    }
                    return count
                }
            }
            let reader = try Worker { () -> Int in
                var count = 0
                while (try? pull.receive(timeout: .milliseconds(500))) != nil { count += 1 }
                return count
            }
            var ended = 0
            let stop = ContinuousClock.now + .seconds(1)
            while ContinuousClock.now < stop {
                for socket in [pull] + senders as [any Socket] {
                    for peer in socket.peers where socket.disconnect(peer) { ended += 1 }
                }
            }
            isOver.withLock { $0 = true }
            let sent = try workers.map { try $0.value() }
            #expect(ended > 20 && sent.allSatisfy { $0 > 0 })
            for (push, count) in zip(senders, sent) {
                #expect(push.statistics.messagesSent == count)
            }
            #expect(eventually { pull.peers.count == 4 && pull.peerCount == 4 })
            #expect(try reader.value() > 0)
        }
    }
}
