import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Over every transport: who was lost is met again", .serialized)
struct ReconnectionPromises {
    @Test(
        "another socket binds, and has what was queued",
        arguments: Transport.allCases,
        [true, false]
    )
    func queue(transport: Transport, closes: Bool) throws {
        try transport.run { context, place in
            let push = PushSocket(context: context)
            push.options.reconnect = impatient
            push.linger = .discard
            let events = push.events
            try push.connect(place)
            for round in 0..<5 {
                let pull = PullSocket(context: context)
                try pull.bind(place)
                try events.awaitPeer()
                #expect(push.peerCount == 1)
                try push.put("served")
                let expected = round == 0 ? [] : numbers(0..<50)
                #expect(try pull.next(expected.count) == expected)
                #expect(try pull.next() == "served")
                if closes { pull.close() } else { try pull.unbind(place) }
                try events.awaitLoss()
                #expect(push.peerCount == 0)
                for message in numbers(0..<50) { try push.put(message) }
                #expect(push.statistics.messagesQueuedToSend == 50)
            }
            #expect(push.statistics.reconnects == 4)
            #expect(push.statistics.messagesSent == 5 * 51)
        }
    }

    @Test("a REQ, a DEALER and a SUB go on with whoever comes", arguments: Transport.allCases)
    func types(transport: Transport) throws {
        try transport.run { context, place in
            let request = RequestSocket(context: context)
            request.options.reconnect = impatient
            try request.connect(place)
            for _ in 0..<3 {
                let reply = ReplySocket(context: context)
                try reply.bind(place)
                try request.put("question")
                #expect(try reply.next() == "question")
                try reply.put("answer")
                #expect(try request.next() == "answer")
                reply.close()
                try request.events.awaitLoss()
            }
            request.close()

            let subscriber = SubscriberSocket(context: context)
            subscriber.options.reconnect = impatient
            try subscriber.subscribe("a")
            try subscriber.connect(place)
            for number in 0..<3 {
                let publisher = PublisherSocket(context: context)
                try publisher.bind(place)
                try publisher.waitForSubscribers(atLeast: 1, to: "a", timeout: enough)
                try publisher.put(Message("a\(number)"))
                #expect(try subscriber.next() == Message("a\(number)"))
                publisher.close()
                try subscriber.events.awaitLoss()
                try subscriber.subscribe("b")
                try subscriber.unsubscribe("b")
            }
        }
    }

    @Test("what was for one peer is for nobody else", arguments: Transport.allCases)
    func onePeer(transport: Transport) throws {
        try transport.run { context, place in
            let reply = ReplySocket(context: context)
            reply.options.reconnect = impatient
            try reply.connect(place)
            let first = RequestSocket(context: context)
            try first.bind(place)
            try first.put("from the first")
            #expect(try reply.next() == "from the first")
            first.close()
            try reply.events.awaitLoss()
            let second = RequestSocket(context: context)
            try second.bind(place)
            try second.put("from the second")
            try reply.put("to the first")
            #expect(try second.tryReceive() == nil)
            #expect(reply.statistics.dropped == [.peerGone: 1])
            #expect(try reply.next() == "from the second")
            try reply.put("to the second")
            #expect(try second.next() == "to the second")
        }
    }

    @Test(
        "a ROUTER that connects knows a peer only while it is there",
        arguments: Transport.allCases
    )
    func router(transport: Transport) throws {
        try transport.run { context, place in
            let router = RouterSocket(context: context)
            router.isMandatory = true
            router.options.reconnect = impatient
            try router.connect(place)
            let one = DealerSocket(context: context)
            one.options.routingID = "one"
            try one.bind(place)
            try router.waitForPeers(atLeast: 1, timeout: enough)
            try router.put(["one", "for one only"])
            // A network has it by then.
            if transport != .inproc { #expect(try one.next() == "for one only") }
            one.close()
            try router.events.awaitLoss()
            #expect(router.statistics.dropped == (transport == .inproc ? [.peerGone: 1] : [:]))
            #expect(code { try router.put(["one", "x"]) } == .hostUnreachable)
            let other = DealerSocket(context: context)
            other.options.routingID = "other"
            try other.bind(place)
            try router.waitForPeers(atLeast: 1, timeout: enough)
            #expect(try other.tryReceive() == nil)
            try router.put(["other", "hello"])
            #expect(try other.next() == "hello")
        }
    }

    @Test(
        "a publisher that connects has the subscriptions of who is there",
        arguments: Transport.allCases
    )
    func publisher(transport: Transport) throws {
        try transport.run { context, place in
            let publisher = XPublisherSocket(context: context)
            publisher.options.reconnect = impatient
            try publisher.connect(place)
            for _ in 0..<3 {
                let subscriber = SubscriberSocket(context: context)
                for number in 0..<20 { try subscriber.subscribe("topic \(number)") }
                try subscriber.bind(place)
                for _ in 0..<20 { #expect(try publisher.next().first?.first == 1) }
                #expect(publisher.statistics.subscriptions == 20)
                subscriber.close()
                #expect(eventually { publisher.statistics.subscriptions == 0 })
                for _ in 0..<20 { #expect(try publisher.next().first?.first == 0) }
            }
        }
    }

    @Test("over inproc nothing is lost with a socket that had not received it")
    func nothingLost() throws {
        try Transport.inproc.run { context, place in
            let push = PushSocket(context: context)
            try push.connect(place)
            for message in numbers(0..<100) { try push.put(message) }
            for round in 0..<10 {
                let pull = PullSocket(context: context)
                try pull.bind(place)
                #expect(try pull.next(10) == numbers(round * 10..<round * 10 + 10))
                pull.close()
                #expect(push.statistics.messagesQueuedToSend == 90 - round * 10)
            }
            #expect(push.statistics.messagesSent == 100)
            #expect(push.close() == 0)
        }
    }

    @Test("over inproc a request that nobody has read yet goes to whoever comes")
    func unreadRequest() throws {
        try Transport.inproc.run { context, place in
            let request = RequestSocket(context: context)
            try request.connect(place)
            let deaf = ReplySocket(context: context)
            try deaf.bind(place)
            let asking = try Worker { try request.request("question", timeout: enough) }
            #expect(eventually { request.statistics.messagesSent == 1 })
            deaf.close()
            let reply = ReplySocket(context: context)
            try reply.bind(place)
            #expect(try reply.next() == "question")
            try reply.put("answer")
            #expect(try asking.value() == "answer")
        }
    }

    @Test("a request that was read is lost with its peer", arguments: Transport.allCases)
    func lostRequest(transport: Transport) throws {
        try transport.run { context, place in
            let request = RequestSocket(context: context)
            request.options.reconnect = impatient
            try request.connect(place)
            for _ in 0..<2 {
                let dying = ReplySocket(context: context)
                try dying.bind(place)
                let asking = try Worker { try request.request("question", timeout: enough) }
                #expect(try dying.next() == "question")
                dying.close()
                #expect(code { _ = try asking.value() } == .notConnected)
            }
        }
    }
}
