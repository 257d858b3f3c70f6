import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Whoever is turned away over inproc keeps its messages, and is met when there is room")
struct InprocRefusalTests {
    /// The reason of the next refusal that a socket is told.
    private func refusal(_ socket: some Socket) -> DisconnectReason? {
        var reason: DisconnectReason?
        _ = socket.events.first { event in
            switch event {
            case .handshakeFailed(_, let told), .peerRefused(_, let told): reason = told
            default: break
            }
            return reason != nil
        }
        return reason
    }

    @Test("a second PAIR", arguments: [true, false])
    func pair(bindsFirst: Bool) throws {
        try inContext { context in
            let bound = PairSocket(context: context)
            if bindsFirst { try bound.bind("inproc://pair") }
            let pairs = try (0..<3).map { number in
                let pair = PairSocket(context: context)
                try pair.connect("inproc://pair")
                for message in numbers(0..<5) { try pair.put([Frame("\(number)"), message[0]]) }
                return pair
            }
            if !bindsFirst { try bound.bind("inproc://pair") }
            #expect(bound.peerCount == 1)
            for pair in pairs[1...] {
                #expect(refusal(pair) == .surplusPeer)
                #expect(refusal(bound) == .surplusPeer)
                #expect(pair.peerCount == 0)
                #expect(pair.statistics.messagesQueuedToSend == 5)
            }
            for number in 0..<3 {
                #expect(bound.peerCount == 1)
                for message in numbers(0..<5) {
                    #expect(try bound.next() == [Frame("\(number)"), message[0]])
                }
                try bound.put("answer")
                #expect(try pairs[number].next() == "answer")
                #expect(try bound.tryReceive() == nil)
                #expect(pairs[number].close() == 0)
            }
            #expect(bound.peerCount == 0)
        }
    }

    @Test("a PAIR that is connected twice, or to its own name")
    func ownPlace() throws {
        try inContext { context in
            let (one, two) = (PairSocket(context: context), PairSocket(context: context))
            try one.bind("inproc://one")
            try two.bind("inproc://two")
            let pair = PairSocket(context: context)
            try pair.connect("inproc://one")
            try pair.connect("inproc://two")
            #expect(refusal(pair) == .surplusPeer)
            #expect(refusal(two) == .surplusPeer)
            #expect(two.peerCount == 0 && pair.peerCount == 1)
            try pair.disconnect("inproc://one")
            #expect(two.peerCount == 1 && pair.peerCount == 1 && one.peerCount == 0)
            try pair.put("to the second")
            #expect(try two.next() == "to the second")

            let lonely = PairSocket(context: context)
            try lonely.bind("inproc://own")
            try lonely.connect("inproc://own")
            #expect(refusal(lonely) == .surplusPeer)
            #expect(lonely.peerCount == 0)
            #expect(try lonely.trySend("kept"))
            try lonely.unbind("inproc://own")
            try one.unbind("inproc://one")
            try one.bind("inproc://own")
            #expect(try one.next() == "kept")
        }
    }

    @Test("a place that comes free at a socket with peers from elsewhere")
    func elsewhere() throws {
        try inContext { context in
            let bound = PairSocket(context: context)
            let wire = try bound.bind("tcp://127.0.0.1:*")
            try bound.bind("inproc://here")
            let first = PairSocket(context: context)
            try first.connect(wire)
            try bound.waitForPeers(atLeast: 1, timeout: enough)
            let second = PairSocket(context: context)
            try second.connect("inproc://here")
            try second.put("from here")
            #expect(refusal(second) == .surplusPeer)
            first.close()
            #expect(try bound.next() == "from here")
        }
    }

    @Test("a second peer with the same routing id, and a connecting ROUTER that has one already")
    func routingID() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            try router.bind("inproc://names")
            let dealers = try (0..<2).map { number in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = Array("me".utf8)
                dealer.options.helloMessage = "hello"
                try dealer.connect("inproc://names")
                try dealer.put(Message("\(number)"))
                return dealer
            }
            #expect(refusal(dealers[1]) == .duplicateIdentity)
            #expect(refusal(router) == .duplicateIdentity)
            #expect(router.peerCount == 1)
            #expect(dealers[1].statistics.messagesSent == 1)
            #expect(dealers[1].statistics.messagesQueuedToSend == 1)
            for number in 0..<2 {
                #expect(try router.next() == ["me", "hello"])
                #expect(try router.next() == ["me", Frame("\(number)")])
                dealers[number].close()
            }

            let connecting = RouterSocket(context: context)
            let others = try (0..<2).map { number in
                let other = DealerSocket(context: context)
                other.options.routingID = Array("same".utf8)
                try other.bind("inproc://other \(number)")
                try connecting.connect("inproc://other \(number)")
                return other
            }
            #expect(refusal(connecting) == .duplicateIdentity)
            #expect(others[1].peerCount == 0)
            others[0].close()
            #expect(others[1].peerCount == 1)
        }
    }

    @Test("who lost its name to another is met when that one has gone")
    func handover() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            try router.bind("inproc://handover")
            let dealers = try (0..<2).map { _ in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = Array("me".utf8)
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

    @Test("who binds a name with the wrong type, and then somebody with the right one")
    func type() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            try push.connect("inproc://types")
            try push.put("kept")
            let wrong = ReplySocket(context: context)
            try wrong.bind("inproc://types")
            #expect(refusal(push) == .incompatibleSocketType(ours: "PUSH", theirs: "REP"))
            #expect(refusal(wrong) == .incompatibleSocketType(ours: "REP", theirs: "PUSH"))
            #expect(push.peerCount == 0 && wrong.peerCount == 0)
            wrong.close()
            let pull = PullSocket(context: context)
            try pull.bind("inproc://types")
            #expect(try pull.next() == "kept")
            let subscriber = SubscriberSocket(context: context)
            #expect(code { try subscriber.connect("inproc://types") } == .incompatibleTransport)
        }
    }

    @Test("a subscriber that wants too much is sent away once, and not met again there")
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
