import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("The last word on an endpoint is that it is closed")
struct LastEventTests {
    enum Ending: CaseIterable { case close, takenBack, lingering, shutDown }

    /// What is told of an endpoint, until there is nothing more to tell.
    private func story(of endpoint: Endpoint, at socket: any Socket) -> [SocketEvent] {
        var events: [SocketEvent] = []
        while let event = socket.events.next(timeout: enough) {
            switch event {
            case .dropped, .missed: break
            default: events.append(event)
            }
        }
        return events
    }

    @Test("on both ends, after every connection of it", arguments: transports, Ending.allCases)
    func order(wire: String, ending: Ending) throws {
        let context = Context()
        defer { context.shutDown() }
        let (bound, connecting) = (
            DealerSocket(context: context), DealerSocket(context: context)
        )
        let endpoint = try bound.bind(wire)
        try connecting.connect(endpoint)
        for socket in [bound, connecting] {
            try socket.waitForPeers(atLeast: 1, timeout: enough)
            socket.linger = ending == .lingering ? .wait(upTo: .milliseconds(20)) : .discard
            if ending == .lingering {
                for _ in 0..<40 { try socket.put(Message([UInt8](repeating: 1, count: 1 << 20))) }
            }
        }
        switch ending {
        case .close: break
        case .takenBack, .lingering:
            try connecting.disconnect(endpoint)
            try bound.unbind(endpoint)
        case .shutDown: context.shutDown()
        }
        connecting.close()
        bound.close()
        for socket in [bound, connecting] {
            let events = story(of: endpoint, at: socket)
            #expect(events.last == .closed(endpoint))
            #expect(events.count { $0 == .closed(endpoint) } == 1)
            let isEnded = events.contains { if case .disconnected = $0 { true } else { false } }
            #expect(isEnded)
        }
    }

    @Test("nobody was ever there", arguments: Transport.allCases, [true, false])
    func unheard(transport: Transport, takesBack: Bool) throws {
        try transport.run { context, endpoint in
            let push = PushSocket(context: context)
            try push.connect(endpoint)
            if takesBack { try push.disconnect(endpoint) }
            push.close()
            #expect(story(of: endpoint, at: push).last == .closed(endpoint))
        }
    }

    /// Every connection that a story tells of has a beginning and one end, and the end of the
    /// endpoint comes after all of them.
    private func check(_ events: [SocketEvent], _ endpoint: Endpoint) {
        #expect(events.last == .closed(endpoint))
        #expect(events.count { $0 == .closed(endpoint) } == 1)
        var (begun, ended): (Set<Peer.ID>, Set<Peer.ID>) = ([], [])
        for event in events {
            guard let peer = event.peer?.id else { continue }
            switch event {
            case .accepted, .connected: #expect(begun.insert(peer).inserted)
            case .disconnected, .handshakeFailed: #expect(ended.insert(peer).inserted)
            default: #expect(begun.contains(peer) && !ended.contains(peer))
            }
        }
        #expect(!begun.isEmpty && begun == ended)
    }

    @Test("whatever became of its connections before", arguments: Transport.allCases)
    func eventful(transport: Transport) throws {
        try transport.run { context, place in
            let (bound, connecting) = (PairSocket(context: context), PairSocket(context: context))
            let refused = PairSocket(context: context)
            try bound.bind(place)
            comesBackQuickly(connecting)
            refused.options.reconnect = .never
            try connecting.connect(place)
            for round in 0..<6 {
                try connecting.waitForPeers(atLeast: 1, timeout: enough)
                try bound.waitForPeers(atLeast: 1, timeout: enough)
                if round == 2 {
                    try refused.connect(place)
                    try refused.events.awaitClosed(place)
                }
                let socket = round.isMultiple(of: 2) ? bound : connecting
                for peer in socket.peers { socket.disconnect(peer) }
            }
            connecting.close()
            try bound.unbind(place)
            bound.close()
            check(story(of: place, at: bound), place)
            check(story(of: place, at: connecting), place)
        }
    }

    /// How an endpoint comes to be given up.
    enum GivingUp: CaseIterable { case loss, dismissal, refusal }

    @Test("it was given up", arguments: Transport.allCases, GivingUp.allCases)
    func givenUp(transport: Transport, reason: GivingUp) throws {
        try transport.run { context, place in
            let bound = RouterSocket(context: context)
            try bound.bind(place)
            let holder = DealerSocket(context: context)
            let socket = DealerSocket(context: context)
            for dealer in [holder, socket] { dealer.options.routingID = Frame("name") }
            socket.options.reconnect = impatient
            socket.options.reconnectStops = [.afterDisconnect, .handshakeFailed]
            if reason == .refusal {
                try holder.connect(place)
                try bound.waitForPeers(atLeast: 1, timeout: enough)
            }
            try socket.connect(place)
            if reason != .refusal {
                try socket.waitForPeers(atLeast: 1, timeout: enough)
                try bound.waitForPeers(atLeast: 1, timeout: enough)
            }
            switch reason {
            case .loss: bound.disconnect(bound.peers[0])
            case .dismissal: socket.disconnect(socket.peers[0])
            case .refusal: break
            }
            try socket.events.awaitClosed(place)
            socket.close()
            // Nothing comes behind it, although the socket lived on.
            #expect(story(of: place, at: socket).isEmpty)
        }
    }

    @Test("handshakes were under way", arguments: wires)
    func strangers(wire: String) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind(wire)
            let strangers = try (0..<5).map { _ in try RawPeer(connectingTo: "\(endpoint)") }
            var accepted: [SocketEvent] = []
            let events = pull.events
            while accepted.count < 5, let event = events.next(timeout: enough) {
                if case .accepted = event { accepted.append(event) }
            }
            try pull.unbind(endpoint)
            pull.close()
            check(accepted + story(of: endpoint, at: pull), endpoint)
            for stranger in strangers { #expect(stranger.waitForClose()) }
        }
    }
}

@Suite("A STREAM and the ends of its connections")
struct StreamEndTests {
    @Test("it is not told of an end that it asked for", arguments: [true, false])
    func own(asksByUnbinding: Bool) throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            let endpoint = try stream.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: "\(endpoint)")
            let id = try stream.next()[0]
            if asksByUnbinding {
                try stream.unbind(endpoint)
            } else {
                try stream.put([id, ""])
            }
            #expect(peer.waitForClose())
            let isOver = stream.events.first { if case .disconnected = $0 { true } else { false } }
            #expect(isOver != nil)
            #expect(eventually { stream.statistics.peers == 0 })
            #expect(code { while true { try stream.put([id, "late"]) } } == .hostUnreachable)
            #expect(try stream.tryReceive() == nil)
        }
    }

    @Test("what is cut, or comes behind its own end, is counted")
    func counted() throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            let endpoint = try stream.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: "\(endpoint)")
            let id = try stream.next()[0]
            // One is on its way, and two wait behind it.
            for _ in 0..<3 { try stream.put([id, Frame([UInt8](repeating: 1, count: 32 << 20))]) }
            let before = stream.statistics.bytesSent
            #expect(eventually { stream.statistics.bytesSent > before || before > 0 })
            peer.close()
            #expect(eventually { stream.statistics.dropped[.peerGone] == 3 })
            #expect(stream.statistics.messagesQueuedToSend == 0)
        }
    }
}
