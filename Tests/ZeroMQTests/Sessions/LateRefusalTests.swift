import Testing
import ZeroMQ
import ZeroMQTestSupport

/// Connections that end at once after READY, and last words between two peers that were connected.
@Suite("Refused after READY", .serialized)
struct LateRefusalTests {
    @Test("who is closed at once after READY, again and again, comes more and more rarely")
    func silent() throws {
        try inContext { context in
            let server = try RawServer()
            let push = PushSocket(context: context)
            push.linger = .discard
            push.options.reconnect = .backoff(from: .milliseconds(2), upTo: .seconds(1))
            try push.connect(Endpoint(server.endpoint))
            for _ in 0..<6 {
                let peer = try server.accept()
                try peer.shakeHands(as: "PULL")
                peer.close()
            }
            // 2, 4, 8, 16, 32 and 64 ms, each perhaps half of that.
            #expect(eventually { longestPause(push.events) >= .milliseconds(32) })
            // A connection of use begins the pauses anew.
            let peer = try server.accept()
            try peer.shakeHands(as: "PULL")
            peer.send(Wire.ping())
            #expect(try peer.receiveFrame().isCommand)
            _ = longestPause(push.events)
            peer.close()
            let event = push.events.first { if case .retrying = $0 { true } else { false } }
            guard case .retrying(_, let pause) = event else { return }
            #expect(pause <= .milliseconds(2))
        }
    }

    private func longestPause(_ events: SocketEvents) -> Duration {
        var longest = Duration.zero
        while let event = events.tryNext() {
            if case .retrying(_, let pause) = event { longest = max(longest, pause) }
        }
        return longest
    }

    @Test("an ERROR before the end is the reason of the end")
    func farewell() throws {
        try inContext { context in
            let server = try RawServer()
            let pull = PullSocket(context: context)
            comesBackQuickly(pull)
            try pull.connect(Endpoint(server.endpoint))
            let peer = try server.accept()
            try peer.shakeHands(as: "PUSH")
            peer.send(Wire.command("ERROR", [4] + Array("full".utf8)))
            // By itself it ends nothing.
            peer.send(Wire.text("hello"))
            #expect(try pull.next() == "hello")
            peer.close()
            let event = pull.events.first { if case .disconnected = $0 { true } else { false } }
            let endpoint = try Endpoint(server.endpoint)
            #expect(event?.endpoint == endpoint && event?.reason == .refusedByPeer("full"))
        }
    }

    @Test("who loses its name to a newcomer is told so", arguments: wires)
    func handover(wire: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            let bound = try router.bind(wire)
            let dealers = (0..<2).map { _ in DealerSocket(context: context) }
            for dealer in dealers {
                dealer.options.routingID = "name"
                dealer.options.reconnect = .never
                dealer.linger = .discard
                try dealer.connect(bound)
                try dealer.put("hello")
                #expect(try router.next() == ["name", "hello"])
            }
            let event = dealers[0].events.first { event in
                if case .disconnected = event { true } else { false }
            }
            let text = "another peer has the same routing id"
            #expect(event?.endpoint == bound && event?.reason == .refusedByPeer(text))
            #expect(router.peerCount == 1)
        }
    }

    @Test(
        "a PAIR that has a peer calls no other until that has gone",
        arguments: wires,
        [false, true]
    )
    func secondCall(wire: String, isImmediate: Bool) throws {
        try inContext { context in
            let pair = PairSocket(context: context)
            pair.options.queuesOnlyToConnectedPeers = isImmediate
            comesBackQuickly(pair)
            let others = (0..<2).map { _ in PairSocket(context: context) }
            let endpoints = try others.map { try $0.bind(wire) }
            try pair.connect(endpoints[0])
            try pair.waitForPeers(atLeast: 1, timeout: enough)
            try pair.connect(endpoints[1])
            let refusal = pair.events.first { event in
                if case .connectFailed(endpoints[1], _) = event { true } else { false }
            }
            #expect(refusal == .connectFailed(endpoints[1], reason: .surplusPeer))
            #expect(others[1].events.tryNext() == .listening(endpoints[1]))
            #expect(others[1].events.tryNext() == nil)
            try pair.disconnect(endpoints[0])
            try pair.waitForPeers(atLeast: 1, timeout: enough)
            try others[1].put("hello")
            #expect(try pair.next() == "hello")
        }
    }

    @Test("a PAIR that queues only for who is there has its place before it says anything")
    func immediatePlace() throws {
        try inContext { context in
            let pair = PairSocket(context: context)
            pair.options.queuesOnlyToConnectedPeers = true
            comesBackQuickly(pair)
            let bound = try pair.bind("tcp://127.0.0.1:*")
            let server = try RawServer()
            try pair.connect(Endpoint(server.endpoint))
            // Who answers has the place, and nothing is queued for it before it says who it is.
            let peer = try server.accept()
            _ = try peer.receive(10)
            #expect(try !pair.trySend("nobody is there"))
            let other = PairSocket(context: context)
            try other.connect(bound)
            let refusal = other.events.first { event in
                if case .handshakeFailed = event { true } else { false }
            }
            let text = "this PAIR has a peer"
            #expect(refusal?.endpoint == bound && refusal?.reason == .refusedByPeer(text))
            try peer.shakeHands(as: "PAIR", after: 10)
            try pair.put("hello")
            #expect(try peer.receiveFrame().text == "hello")
            // The place is that of whoever is there, and free when that has gone.
            try pair.disconnect(Endpoint(server.endpoint))
            #expect(peer.waitForClose())
            try other.put("and now?")
            #expect(try pair.next() == "and now?")
        }
    }

    @Test("a peer that goes before it was there leaves the place of a PAIR")
    func emptyPlace() throws {
        try inContext { context in
            let pair = PairSocket(context: context)
            pair.options.queuesOnlyToConnectedPeers = true
            pair.options.reconnect = .backoff(from: .seconds(3600), upTo: .seconds(3600))
            let bound = try pair.bind("tcp://127.0.0.1:*")
            let server = try RawServer()
            try pair.connect(Endpoint(server.endpoint))
            let peer = try server.accept()
            _ = try peer.receive(10)
            peer.close()
            let other = PairSocket(context: context)
            comesBackQuickly(other)
            try other.connect(bound)
            try other.put("hello")
            #expect(try pair.next() == "hello")
        }
    }
}
