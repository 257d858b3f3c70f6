import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite(
    "Over every transport: who is turned away keeps its messages, and is met when there is room",
    .serialized
)
struct RefusalPromises {
    /// The reason of the next refusal that a socket is told.
    private func refusal(_ socket: some Socket) -> DisconnectReason? {
        var reason: DisconnectReason?
        _ = socket.events.first { event in
            switch event {
            case .handshakeFailed(_, _, let told), .peerRefused(_, _, let told): reason = told
            // A PAIR that has a peer does not even call another one over a network.
            case .connectFailed(_, .surplusPeer): reason = .surplusPeer
            default: break
            }
            return reason != nil
        }
        return reason
    }

    private func pair(_ context: Context) -> PairSocket {
        let pair = PairSocket(context: context)
        pair.options.reconnect = impatient
        return pair
    }

    @Test("a second PAIR", arguments: Transport.allCases, [true, false])
    func pair(transport: Transport, bindsFirst: Bool) throws {
        try transport.run { context, place in
            let bound = PairSocket(context: context)
            if bindsFirst { try bound.bind(place) }
            let pairs = try (0..<3).map { number in
                let pair = pair(context)
                try pair.connect(place)
                if bindsFirst, number == 0 { try pair.waitForPeers(atLeast: 1, timeout: enough) }
                for message in numbers(0..<5) { try pair.put([Frame("\(number)"), message[0]]) }
                return pair
            }
            if !bindsFirst { try bound.bind(place) }
            try bound.waitForPeers(atLeast: 1, timeout: enough)
            var served: [Int] = []
            for round in 0..<3 {
                let first = try bound.next()
                let who = try #require(Int(String(first)))
                served.append(who)
                #expect(first[1] == "0" && bound.peerCount == 1)
                for (number, pair) in pairs.enumerated() where !served.contains(number) {
                    if round == 0 {
                        #expect(refusal(pair) == transport.told(.surplusPeer))
                        #expect(refusal(bound) == .surplusPeer)
                    }
                    #expect(pair.peerCount == 0)
                    #expect(pair.statistics.messagesQueuedToSend == 5)
                }
                for message in numbers(1..<5) {
                    #expect(try bound.next() == [Frame("\(who)"), message[0]])
                }
                try bound.put("answer")
                #expect(try pairs[who].next() == "answer")
                #expect(try bound.tryReceive() == nil)
                #expect(pairs[who].close() == 0)
            }
            // Over a network chance has a say in who is met next.
            #expect(transport == .inproc ? served == [0, 1, 2] : Set(served) == [0, 1, 2])
            #expect(!bindsFirst || served[0] == 0)
            #expect(eventually { bound.peerCount == 0 })
        }
    }

    @Test("a PAIR that is connected twice", arguments: Transport.allCases)
    func twice(transport: Transport) throws {
        try transport.run { context, place in
            let other = try transport.place(context)
            let (one, two) = (PairSocket(context: context), PairSocket(context: context))
            try one.bind(place)
            try two.bind(other)
            let pair = pair(context)
            try pair.connect(place)
            try pair.waitForPeers(atLeast: 1, timeout: enough)
            try pair.connect(other)
            #expect(refusal(pair) == .surplusPeer)
            #expect(two.peerCount == 0 && pair.peerCount == 1)
            try pair.disconnect(place)
            try two.waitForPeers(atLeast: 1, timeout: enough)
            #expect(eventually { pair.peerCount == 1 && one.peerCount == 0 })
            try pair.put("to the second")
            #expect(try two.next() == "to the second")
        }
    }

    @Test("a PAIR that is connected to its own name", arguments: Transport.allCases)
    func ownPlace(transport: Transport) throws {
        try transport.run { context, place in
            let lonely = pair(context)
            try lonely.bind(place)
            try lonely.connect(place)
            let told = try #require(refusal(lonely))
            // Both sides are itself.
            #expect([.surplusPeer, transport.told(.surplusPeer)].contains(told))
            #expect(lonely.peerCount == 0)
            #expect(try lonely.trySend("kept"))
            try lonely.unbind(place)
            let one = PairSocket(context: context)
            try one.bind(place)
            #expect(try one.next() == "kept")
        }
    }

    @Test("a place that comes free, at a socket with a peer from elsewhere")
    func elsewhere() throws {
        for transport in Transport.allCases {
            try transport.run { context, place in
                let bound = PairSocket(context: context)
                let wire = try bound.bind("tcp://127.0.0.1:*")
                try bound.bind(place)
                let first = PairSocket(context: context)
                try first.connect(wire)
                try bound.waitForPeers(atLeast: 1, timeout: enough)
                let second = pair(context)
                try second.connect(place)
                try second.put("from here")
                #expect(refusal(second) == transport.told(.surplusPeer))
                first.close()
                #expect(try bound.next() == "from here")
            }
        }
    }

    @Test("a second peer with the same routing id", arguments: Transport.allCases)
    func routingID(transport: Transport) throws {
        try transport.run { context, place in
            let router = RouterSocket(context: context)
            try router.bind(place)
            let dealers = try (0..<2).map { number in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = "me"
                dealer.options.helloMessage = "hello"
                dealer.options.reconnect = impatient
                try dealer.connect(place)
                if number == 0 { try dealer.waitForPeers(atLeast: 1, timeout: enough) }
                try dealer.put(Message("\(number)"))
                return dealer
            }
            #expect(refusal(dealers[1]) == transport.told(.duplicateIdentity))
            #expect(refusal(router) == .duplicateIdentity)
            #expect(router.peerCount == 1)
            #expect(dealers[1].statistics.messagesSent == 1)
            #expect(dealers[1].statistics.messagesQueuedToSend == 1)
            for number in 0..<2 {
                #expect(try router.next() == ["me", "hello"])
                #expect(try router.next() == ["me", Frame("\(number)")])
                dealers[number].close()
            }
        }
    }

    @Test("a ROUTER that connects to two of one name", arguments: Transport.allCases)
    func connectingRouter(transport: Transport) throws {
        try transport.run { context, place in
            let router = RouterSocket(context: context)
            router.options.reconnect = impatient
            let places = [place, try transport.place(context)]
            let dealers = try places.map { place in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = "same"
                dealer.options.handshakeTimeout = .seconds(1)
                try dealer.bind(place)
                try router.connect(place)
                if place == places[0] { try router.waitForPeers(atLeast: 1, timeout: enough) }
                return dealer
            }
            // Inside a process nobody tries again before there is room.
            for _ in 0..<(transport == .inproc ? 1 : 3) {
                #expect(refusal(router) == .duplicateIdentity)
            }
            #expect(router.peerCount == 1)
            // Whoever was called first does not know better than to believe it once.
            #expect(dealers[1].events.countOfPeers <= (transport == .inproc ? 0 : 1))
            try dealers[0].put("hello")
            #expect(try router.next() == ["same", "hello"])
            dealers[0].close()
            try dealers[1].waitForPeers(atLeast: 1, timeout: enough)
            try dealers[1].put("and me")
            #expect(try router.next() == ["same", "and me"])
        }
    }

    /// Over a network both go on taking the name from each other, as often as they come back.
    @Test("over inproc who lost its name to another is met when that one has gone")
    func handover() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            try router.bind("inproc://handover")
            let dealers = try (0..<2).map { _ in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = "me"
                try dealer.connect("inproc://handover")
                return dealer
            }
            #expect(refusal(router) == .duplicateIdentity)
            try dealers[0].events.awaitLoss()
            try dealers[0].put("kept")
            try dealers[1].put("now")
            #expect(try router.next() == ["me", "now"])
            #expect(router.peerCount == 1)
            dealers[1].close()
            #expect(try router.next() == ["me", "kept"])
        }
    }

    @Test(
        "who binds a name with the wrong type, and then somebody with the right one",
        arguments: Transport.allCases
    )
    func type(transport: Transport) throws {
        try transport.run { context, place in
            let push = PushSocket(context: context)
            push.options.reconnect = impatient
            try push.connect(place)
            try push.put("kept")
            let wrong = ReplySocket(context: context)
            try wrong.bind(place)
            let ours = refusal(push)
            #expect(
                ours == .incompatibleSocketType(ours: "PUSH", theirs: "REP")
                    || transport != .inproc && ours == .refusedByPeer("REP cannot talk to PUSH")
            )
            #expect(refusal(wrong) == .incompatibleSocketType(ours: "REP", theirs: "PUSH"))
            #expect(push.peerCount == 0 && wrong.peerCount == 0)
            wrong.close()
            let pull = PullSocket(context: context)
            try pull.bind(place)
            #expect(try pull.next() == "kept")
            guard transport == .inproc else { return }
            // Here alone it is known at once.
            let subscriber = SubscriberSocket(context: context)
            #expect(code { try subscriber.connect(place) } == .incompatibleTransport)
        }
    }

    /// Over a network such a subscriber comes back after pauses that grow.
    @Test("over inproc who wants too much is sent away once, and not met again there")
    func limit() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            publisher.isManual = true
            try publisher.bind("inproc://limits")
            let subscriber = SubscriberSocket(context: context)
            try subscriber.connect("inproc://limits")
            for number in 0...100_000 { try subscriber.subscribe(Frame("\(number)")) }
            try subscriber.events.awaitLoss()
            guard case .limitExceeded? = refusal(publisher) else {
                Issue.record("no limit was reported")
                return
            }
            #expect(eventually { publisher.peerCount == 0 && subscriber.peerCount == 0 })
        }
    }
}
