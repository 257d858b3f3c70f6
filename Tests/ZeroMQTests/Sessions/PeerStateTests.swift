import Testing
import ZeroMQ
import ZeroMQTestSupport

/// What a connecting socket remembers of one peer must not be taken for the next one's.
@Suite("What survives a reconnection: one peer's own", .serialized)
struct PeerStateTests {
    enum Moment: CaseIterable {
        /// While nobody is at the endpoint.
        case away
        /// While the next peer is there already.
        case replaced
    }

    // MARK: Answers

    /// A REP that is connected to the first of several requesters, which has asked.
    private func worker(
        _ context: Context,
        _ peers: inout Successors<RequestSocket>,
        at wire: String
    ) throws -> (ReplySocket, RequestSocket) {
        let worker = ReplySocket(context: context)
        comesBackQuickly(worker)
        let first = try peers.next(at: wire)
        try worker.connect(#require(peers.endpoint))
        try first.put("from A")
        return (worker, first)
    }

    @Test(
        "a REP's answer does not reach whoever comes to the endpoint next",
        arguments: fixedWires,
        Moment.allCases
    )
    func reply(wire: String, moment: Moment) throws {
        try inContext { context in
            var peers = Successors { RequestSocket(context: context) }
            let (worker, first) = try worker(context, &peers, at: wire)
            #expect(try worker.next() == "from A")
            first.close()
            waitUntilAlone(worker)
            if moment == .away { try worker.put("for A") }
            let second = try peers.next(at: wire)
            try worker.waitForPeers(atLeast: 1, timeout: enough)
            try second.put("from B")
            if moment == .replaced { try worker.put("for A") }
            #expect(worker.statistics.dropped[.peerGone] == 1)
            #expect(try worker.next() == "from B")
            try worker.put("for B")
            #expect(try second.next() == "for B")
            #expect(worker.statistics.dropped[.peerGone] == 1)
        }
    }

    @Test("a request received before the loss is answered to nobody", arguments: fixedWires)
    func unreadRequest(wire: String) throws {
        try inContext { context in
            var peers = Successors { RequestSocket(context: context) }
            let (worker, first) = try worker(context, &peers, at: wire)
            #expect(eventually { worker.statistics.messagesQueuedToReceive == 1 })
            first.close()
            waitUntilAlone(worker)
            let second = try peers.next(at: wire)
            try second.put("from B")
            #expect(eventually { worker.statistics.messagesQueuedToReceive == 2 })
            for name in ["A", "B"] {
                #expect(try worker.next() == Message("from \(name)"))
                try worker.put(Message("for \(name)"))
            }
            #expect(try second.next() == "for B")
            #expect(worker.statistics.dropped[.peerGone] == 1)
        }
    }

    // MARK: Routes

    @Test("a ROUTER knows its peer's name as long as the peer is there", arguments: fixedWires)
    func route(wire: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            comesBackQuickly(router)
            router.isMandatory = true
            var peers = Successors { DealerSocket(context: context) }
            let first = try peers.next(at: wire) { $0.options.routingID = "A" }
            try router.connect(#require(peers.endpoint))
            try router.waitForPeers(atLeast: 1, timeout: enough)
            try router.put(["A", "hello"])
            #expect(try first.next() == "hello")
            first.close()
            waitUntilAlone(router)
            #expect(code { try router.put(["A", "for A alone"]) } == .hostUnreachable)
            let second = try peers.next(at: wire)
            try second.put("from B")
            let message = try router.next()
            #expect(message[0] != "A" && message[1] == "from B")
            #expect(code { try router.put(["A", "for A alone"]) } == .hostUnreachable)
            try router.put([message[0], "for B"])
            #expect(try second.next() == "for B")
        }
    }

    @Test("what is queued for one peer of a ROUTER or a STREAM is dropped with it, and counted")
    func queued() throws {
        for isRaw in [false, true] {
            try inContext { context in
                let server = try RawServer()
                let router: any SendingSocket & ReceivingSocket =
                    isRaw ? StreamSocket(context: context) : RouterSocket(context: context)
                comesBackQuickly(router)
                router.options.connectRoutingID = "peer"
                try router.connect(Endpoint(server.endpoint))
                let first = try server.accept()
                if !isRaw { try first.shakeHands(as: "DEALER") }
                try router.waitForPeers(atLeast: 1, timeout: enough)
                let body = Frame([UInt8](repeating: 7, count: 100_000))
                for _ in 0..<500 { try router.put(["peer", body]) }
                #expect(router.statistics.messagesQueuedToSend > 100)
                first.close()
                #expect(eventually { router.statistics.dropped[.peerGone, default: 0] > 100 })
                #expect(router.statistics.messagesQueuedToSend == 0)
                let second = try server.accept()
                if !isRaw { try second.shakeHands(as: "DEALER") }
                try router.waitForPeers(atLeast: 1, timeout: enough)
                try router.put(["peer", "for the second"])
                let expected = isRaw ? Array("for the second".utf8) : Wire.text("for the second")
                #expect(try second.receive(expected.count) == expected)
            }
        }
    }

    @Test("a STREAM's connections have a name each", arguments: [true, false])
    func stream(isNotified: Bool) throws {
        try inContext { context in
            let server = try RawServer()
            let stream = StreamSocket(context: context)
            comesBackQuickly(stream)
            stream.options.notifiesStream = isNotified
            try stream.connect(Endpoint(server.endpoint))
            let first = try server.accept()
            first.send(Array("from A".utf8))
            var message = try stream.next()
            if isNotified { message = try stream.next() }
            let name = message[0]
            first.close()
            if isNotified { #expect(try stream.next() == [name, ""]) }
            try stream.events.awaitLoss()
            #expect(code { try stream.put([name, "for A"]) } == .hostUnreachable)
            let second = try server.accept()
            try stream.waitForPeers(atLeast: 1, timeout: enough)
            #expect(code { try stream.put([name, "for A"]) } == .hostUnreachable)
            second.send(Array("from B".utf8))
            if isNotified { #expect(try stream.next()[1].isEmpty) }
            let answer = try stream.next()
            #expect(answer[0] != name)
            try stream.put([answer[0], "for B"])
            #expect(try second.receive(5) == Array("for B".utf8))
        }
    }

    // MARK: The given name

    @Test("a name given at connect is for that connect alone", arguments: transports)
    func givenOnce(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.isMandatory = true
            let dealers = ["one", "two"].map { name in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = Frame(name)
                return dealer
            }
            router.options.connectRoutingID = "given"
            try router.connect(dealers[0].bind(endpoint))
            #expect(router.options.connectRoutingID == nil)
            let other = endpoint.replacing("somewhere", with: "elsewhere")
            try router.connect(dealers[1].bind(other))
            try router.waitForPeers(atLeast: 2, timeout: enough)
            try router.put(["given", "for one"])
            try router.put(["two", "for two"])
            #expect(try dealers[0].next() == "for one")
            #expect(try dealers[1].next() == "for two")
            #expect(router.peerCount == 2)
        }
    }

    @Test("a connect that throws leaves the name for the next one")
    func keptName() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let pull = PullSocket(context: context)
            let unfit = try pull.bind("inproc://no partner of a router")
            router.options.connectRoutingID = "given"
            #expect(code { try router.connect(unfit) } == .incompatibleTransport)
            #expect(router.options.connectRoutingID == "given")
        }
    }

    @Test("a given name waits for the first peer, and goes over to the next", arguments: fixedWires)
    func givenName(wire: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            comesBackQuickly(router)
            router.isMandatory = true
            router.options.connectRoutingID = "given"
            var peers = Successors { DealerSocket(context: context) }
            let first = try peers.next(at: wire)
            try router.connect(#require(peers.endpoint))
            try router.put(["given", "early"])
            #expect(try first.next() == "early")
            first.close()
            waitUntilAlone(router)
            #expect(code { try router.put(["given", "too late"]) } == .hostUnreachable)
            let second = try peers.next(at: wire)
            try router.waitForPeers(atLeast: 1, timeout: enough)
            try router.put(["given", "for the second"])
            #expect(try second.next() == "for the second")
        }
    }
}
