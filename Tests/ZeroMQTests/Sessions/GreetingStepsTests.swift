import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("The greeting goes out in two steps")
struct GreetingStepsTests {
    /// Says what a peer of ZMTP 2.0 says when it has seen our signature and nothing else, after a
    /// while. With more than twelve bytes of ours it would go without a word.
    private func answer(_ peer: RawPeer, after milliseconds: Int32) throws {
        #expect(try peer.receive(10) == Wire.signature)
        #expect(peer.isSilent(milliseconds: milliseconds))
        peer.send(Wire.signature + [1, 8, 0, 0])
    }

    private func expectNamed(_ socket: some Socket) {
        let failure = socket.events.first { event in
            if case .handshakeFailed(_, _, reason: .legacyPeer) = event { true } else { false }
        }
        guard case .handshakeFailed(_, _, .legacyPeer(let version)) = failure else {
            Issue.record("\(failure.map { "\($0)" } ?? "no event")")
            return
        }
        #expect(version == "2.0")
    }

    @Test(
        "a peer of ZMTP 2.0 that will have the signature first is refused by its version",
        arguments: [20, 1000]
    )
    func legacy(milliseconds: Int32) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            try answer(peer, after: milliseconds)
            expectNamed(pull)
            #expect(peer.waitForClose())
        }
    }

    @Test(
        "one that had to go without a word is named when it comes back",
        arguments: [true, false]
    )
    func slow(connects: Bool) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.handshakeTimeout = .seconds(8)
            let server = try RawServer()
            comesBackQuickly(pull)
            let bound = try pull.bind("tcp://127.0.0.1:*")
            if connects { try pull.connect(Endpoint(server.endpoint)) }
            func next() throws -> RawPeer {
                try connects ? server.accept() : RawPeer(connectingTo: bound.description)
            }
            // It was too slow, and found the whole greeting.
            var peer = try next()
            _ = try peer.receive(64)
            peer.close()
            peer = try next()
            try answer(peer, after: 1000)
            expectNamed(pull)
        }
    }

    @Test("two sockets of this library do not wait for each other")
    func twoOfOurs() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            // The quickest of twenty, because the machine may be busy.
            let quickest = try (0..<20).map { _ in
                let push = PushSocket(context: context)
                return try ContinuousClock().measure {
                    try push.connect(endpoint)
                    try push.waitForPeers(atLeast: 1, timeout: .seconds(10))
                }
            }.min()
            #expect(try #require(quickest) < .milliseconds(40))
        }
    }

    @Test("a peer that says its signature waits for our version, and gets that first")
    func signature() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            peer.send(Wire.signature)
            #expect(try peer.receive(11) == Wire.signature + [3])
            #expect(peer.isSilent(milliseconds: 100))
            peer.send([3])
            #expect(try peer.receive(53).prefix(5) == [1] + Array("NULL".utf8))
            // And one that waits for all of it gets that, too.
            let other = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            other.send(Wire.signature)
            #expect(try other.receive(64).prefix(11) == Wire.signature + [3])
        }
    }

    @Test("the rest follows the peer's version, and does not wait for more")
    func steps() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            #expect(try peer.receive(10) == Wire.signature)
            peer.send(Wire.signature + [3])
            #expect(try peer.receive(54).prefix(6) == [3, 1] + Array("NULL".utf8))
        }
    }

    @Test(
        "a peer that says nothing before it has seen the whole greeting gets it",
        arguments: [true, false]
    )
    func waiting(connects: Bool) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let server = try RawServer()
            if connects { try pull.connect(Endpoint(server.endpoint)) }
            let bound = try pull.bind("tcp://127.0.0.1:*")
            let peer = try connects ? server.accept() : RawPeer(connectingTo: bound.description)
            #expect(try peer.receive(64).prefix(10) == Wire.signature[...])
            peer.send(Wire.greeting() + Wire.ready("PUSH"))
            _ = try peer.receiveFrame()
            peer.send(Wire.text("late"))
            #expect(try pull.next() == "late")
        }
    }
}
