import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Over every transport: options and events mean the same", .serialized)
struct OptionPromises {
    @Test("nothing is queued while nobody is there", arguments: Transport.allCases)
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

    @Test(
        "what is queued for a peer alone is lost with it, and counted",
        arguments: Transport.allCases
    )
    func immediateLoss(transport: Transport) throws {
        try transport.run { context, place in
            let push = PushSocket(context: context)
            push.options.queuesOnlyToConnectedPeers = true
            push.sendHighWaterMark = .unlimited
            try push.connect(place)
            let pull = PullSocket(context: context)
            pull.receiveHighWaterMark = .count(1)
            try pull.bind(place)
            // More than a system takes for a peer that does not read on.
            let body = Frame([UInt8](repeating: 1, count: 1 << 20))
            for message in numbers(0..<30) { try push.put([message[0], body]) }
            for message in numbers(0..<4) { #expect(try pull.next()[0] == message[0]) }
            pull.close()
            #expect(eventually { push.statistics.messagesQueuedToSend == 0 })
            let lost = push.statistics.dropped[.peerGone] ?? 0
            // What a system has taken is lost without being counted here.
            #expect(transport == .inproc ? lost == 26 : (1..<27).contains(lost))
            #expect(push.statistics.dropped.count == 1)
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
            router.options.connectRoutingID = "server"
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
            case .disconnected(_, _, let reason): words.append("lost, \(reason)")
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

    /// The events of an endpoint up to its end.
    private func lastWords(_ socket: some Socket) -> [SocketEvent] {
        var all: [SocketEvent] = []
        _ = socket.events.first { event in
            all.append(event)
            if case .closed = event { return true } else { return false }
        }
        return all.suffix(2)
    }

    @Test("the end of an endpoint is told last, at both sides", arguments: Transport.allCases)
    func closed(transport: Transport) throws {
        try transport.run { context, place in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try pull.bind(place)
            for unbinds in [false, true] {
                try push.connect(place)
                try push.waitForPeers(atLeast: 1, timeout: enough)
                try pull.waitForPeers(atLeast: 1, timeout: enough)
                if unbinds { try pull.unbind(place) } else { try push.disconnect(place) }
                let words = unbinds ? lastWords(pull) : lastWords(push)
                #expect(words.first?.reason == .local && words.first?.endpoint == place)
                #expect(words.last == .closed(place))
                #expect(eventually { pull.peerCount == 0 })
            }
        }
    }
}
