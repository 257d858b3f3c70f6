import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Over every transport: options and events mean the same", .serialized)
struct OptionPromises {
    @Test("nothing is queued while nobody is there", arguments: [Transport.inproc])
    func immediate(transport: Transport) throws {
        try transport.run { context, place in
            let push = PushSocket(context: context)
            push.options.queuesOnlyToConnectedPeers = true
            push.options.reconnect = impatient
            try push.connect(place)
            #expect(try !push.trySend("nobody is there"))
            for number in 0..<3 {
                let pull = PullSocket(context: context)
                try pull.bind(place)
                try push.put(Message("\(number)"))
                #expect(try pull.next() == Message("\(number)"))
                pull.close()
                try push.events.awaitLoss()
                #expect(try !push.trySend("gone again"))
            }
            #expect(push.close() == 0)
        }
    }

    @Test("over inproc what is queued for a peer alone is lost with it, and counted")
    func immediateLoss() throws {
        try Transport.inproc.run { context, place in
            let push = PushSocket(context: context)
            push.options.queuesOnlyToConnectedPeers = true
            try push.connect(place)
            let pull = PullSocket(context: context)
            try pull.bind(place)
            for message in numbers(0..<10) { try push.put(message) }
            #expect(try pull.next(4) == numbers(0..<4))
            pull.close()
            #expect(push.statistics.dropped == [.peerGone: 6])
        }
    }

    @Test("a connection that was lost is given up", arguments: Transport.allCases, [true, false])
    func givenUp(transport: Transport, never: Bool) throws {
        try transport.run { context, place in
            let pull = PullSocket(context: context)
            try pull.bind(place)
            let push = PushSocket(context: context)
            if never {
                push.options.reconnect = .never
            } else {
                push.options.reconnectStops = .afterDisconnect
            }
            try push.connect(place)
            try push.waitForPeers(atLeast: 1, timeout: enough)
            pull.close()
            try push.events.awaitClosed(place)
            #expect(push.peerCount == 0)
            let next = PullSocket(context: context)
            try next.bind(place)
            try push.disconnect(place)
            #expect(next.peerCount == 0)
            #expect(push.close() == 0)
        }
    }

    @Test("a refused handshake is given up, if the options say so", arguments: Transport.allCases)
    func refusedAndGivenUp(transport: Transport) throws {
        try transport.run { context, place in
            let push = PushSocket(context: context)
            push.options.reconnectStops = .handshakeFailed
            push.options.reconnect = impatient
            try push.connect(place)
            let wrong = ReplySocket(context: context)
            try wrong.bind(place)
            try push.events.awaitClosed(place)
            let pull = PullSocket(context: context)
            wrong.close()
            try pull.bind(place)
            #expect(try pull.tryReceive() == nil)
            #expect(push.peerCount == 0)
        }
    }

    @Test(
        "a given name is the peer's before it comes and when it comes again",
        arguments: Transport.allCases
    )
    func givenName(transport: Transport) throws {
        try transport.run { context, place in
            let router = RouterSocket(context: context)
            router.isMandatory = true
            router.options.connectRoutingID = Array("server".utf8)
            router.options.reconnect = impatient
            try router.connect(place)
            try router.put(["server", "early"])
            for number in 0..<2 {
                let dealer = DealerSocket(context: context)
                try dealer.bind(place)
                if number == 0 { #expect(try dealer.next() == "early") }
                try dealer.put("hello")
                #expect(try router.next() == ["server", "hello"])
                try router.put(["server", "answer"])
                #expect(try dealer.next() == "answer")
                dealer.close()
                try router.events.awaitLoss()
            }
        }
    }

    @Test("only the newest message outlives the time without a peer", arguments: Transport.allCases)
    func latest(transport: Transport) throws {
        try transport.run { context, place in
            let push = PushSocket(context: context)
            push.options.keepsOnlyLatest = true
            push.options.reconnect = impatient
            try push.connect(place)
            for round in 0..<3 {
                for number in 0..<10 { try push.put(Message("\(round) \(number)")) }
                let pull = PullSocket(context: context)
                try pull.bind(place)
                // The stream to the peer may have taken the first one before the others came.
                var message = try pull.next()
                while message != Message("\(round) 9") { message = try pull.next() }
                pull.close()
                try push.events.awaitLoss()
            }
            #expect(push.close() == 0)
        }
    }

    /// What is told alike over every transport, without what only a network does.
    private func told(_ socket: some Socket) -> [String] {
        var words: [String] = []
        while let event = socket.events.tryNext() {
            switch event {
            case .listening: words.append("listening")
            case .accepted: words.append("accepted")
            case .connected: words.append("connected")
            case .handshakeSucceeded(_, let peer): words.append("peer \(peer.socketType)")
            case .disconnected(_, let reason): words.append("lost, \(reason)")
            case .closed: words.append("closed")
            case .connecting: if words.last != "connecting" { words.append("connecting") }
            default: continue
            }
        }
        return words
    }

    @Test("events tell of the same things in the same order", arguments: Transport.allCases)
    func events(transport: Transport) throws {
        try transport.run { context, place in
            let pull = PullSocket(context: context)
            try pull.bind(place)
            let push = PushSocket(context: context)
            push.options.reconnect = impatient
            try push.connect(place)
            try push.waitForPeers(atLeast: 1, timeout: enough)
            try pull.waitForPeers(atLeast: 1, timeout: enough)
            try pull.unbind(place)
            #expect(eventually { push.peerCount == 0 && pull.peerCount == 0 })
            try pull.bind(place)
            try push.waitForPeers(atLeast: 1, timeout: enough)
            try pull.waitForPeers(atLeast: 1, timeout: enough)
            push.close()
            #expect(eventually { pull.peerCount == 0 })
            pull.close()
            let binding = ["listening", "accepted", "peer PUSH"]
            #expect(
                told(pull).filter { $0 != "closed" }
                    == binding + ["lost, closed by this side"] + binding
                    + ["lost, closed by the peer"]
            )
            let meeting = ["connecting", "connected", "peer PULL"]
            #expect(
                told(push).filter { $0 != "closed" }
                    == meeting + ["lost, closed by the peer"] + meeting
                    + ["lost, closed by this side"]
            )
        }
    }

    @Test("over inproc the end of an endpoint is told last, at both sides")
    func closed() throws {
        try Transport.inproc.run { context, place in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try pull.bind(place)
            try push.connect(place)
            try push.disconnect(place)
            #expect(told(push).suffix(2) == ["lost, closed by this side", "closed"])
            try push.connect(place)
            try pull.unbind(place)
            #expect(told(pull).suffix(2) == ["lost, closed by this side", "closed"])
        }
    }
}
