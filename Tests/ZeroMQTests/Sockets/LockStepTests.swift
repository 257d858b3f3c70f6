import Testing
import ZeroMQ

@Suite("REQ and REP keep step", .tags(.threads))
struct LockStepTests {
    @Test("out of turn, both throw invalidState", arguments: transports)
    func outOfTurn(endpoint: String) throws {
        try inContext { context in
            let client = RequestSocket(context: context)
            let server = ReplySocket(context: context)
            try client.connect(server.bind(endpoint))
            #expect(code { _ = try client.tryReceive() } == .invalidState)
            #expect(code { _ = try server.trySend("unasked") } == .invalidState)
            try client.put("request")
            #expect(code { try client.put("another") } == .invalidState)
            #expect(try server.next() == "request")
            try server.put("reply")
            #expect(code { _ = try server.trySend("twice") } == .invalidState)
            #expect(try client.next() == "reply")
            #expect(code { _ = try client.tryReceive() } == .invalidState)
        }
    }

    @Test("requests go to the servers in turn", arguments: transports)
    func turns(endpoint: String) throws {
        try inContext { context in
            let client = RequestSocket(context: context)
            let servers = (0..<3).map { _ in ReplySocket(context: context) }
            let bound = try client.bind(endpoint)
            for server in servers { try server.connect(bound) }
            try client.waitForPeers(atLeast: 3, timeout: enough)
            var served = Set<Int>()
            for _ in 0..<3 {
                try client.put("who?")
                let index = try #require(try self.index(ofServerAsked: servers))
                try servers[index].put(Message("\(index)"))
                #expect(try client.next() == Message("\(index)"))
                served.insert(index)
            }
            #expect(served.count == 3)
        }
    }

    /// The server that got the request, which is under way.
    private func index(ofServerAsked servers: [ReplySocket]) throws -> Int? {
        let deadline = ContinuousClock.now + enough
        while ContinuousClock.now < deadline {
            for (index, server) in servers.enumerated() {
                if (try? server.receive(timeout: .milliseconds(2))) != nil { return index }
            }
        }
        return nil
    }

    @Test("a relaxed client gives up a request by sending another", arguments: transports)
    func relaxed(endpoint: String) throws {
        try inContext { context in
            let client = RequestSocket(context: context)
            let router = RouterSocket(context: context)
            client.isRelaxed = true
            client.isCorrelated = true
            try client.connect(router.bind(endpoint))
            try client.put("first")
            let first = try router.next()
            #expect(first.count == 4 && first[1].count == 4 && first[2].isEmpty)
            try client.put("second")
            let second = try router.next()
            #expect(first[1] != second[1])
            try router.put([first[0], first[1], "", "too late"])
            try router.put([second[0], second[1], "", "in time"])
            #expect(try client.next() == "in time")
        }
    }

    @Test("what is no reply is passed over", arguments: transports)
    func malformedReply(endpoint: String) throws {
        try inContext { context in
            let client = RequestSocket(context: context)
            let router = RouterSocket(context: context)
            try client.connect(router.bind(endpoint))
            try client.put("request")
            let id = try router.next()[0]
            try router.put([id, "no delimiter"])
            try router.put([id, "no delimiter", "in two parts"])
            try router.put([id, "", "reply"])
            #expect(try client.next() == "reply")
        }
    }

    @Test("a request without a delimiter is passed over", arguments: transports)
    func malformedRequest(endpoint: String) throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            let server = ReplySocket(context: context)
            try dealer.connect(server.bind(endpoint))
            try dealer.put("no delimiter")
            try dealer.put(["no", "delimiter"])
            try dealer.put(["", "request", "in two parts"])
            #expect(try server.next() == ["request", "in two parts"])
            try server.put("reply")
            #expect(try dealer.next() == ["", "reply"])
        }
    }

    @Test("envelopes lead back through a chain of proxies", arguments: transports)
    func proxies(endpoint: String) throws {
        try inContext { context in
            let hops = 3
            let server = ReplySocket(context: context)
            var next = try server.bind(endpoint)
            let stages = try (0..<hops).map { hop in
                let (front, back) = (RouterSocket(context: context), DealerSocket(context: context))
                try back.connect(next)
                next = try front.bind(endpoint.replacing("somewhere", with: "hop-\(hop)"))
                return (front, back)
            }
            let clients = try (0..<2).map { _ in
                let client = RequestSocket(context: context)
                try client.connect(next)
                return client
            }
            for (number, client) in clients.enumerated() {
                try client.put([Frame("request \(number)"), "part"])
                for (front, back) in stages.reversed() { try back.put(front.next()) }
            }
            for _ in clients {
                let request = try server.next()
                #expect(request.count == 2)
                try server.put(["reply", request[0]])
                for (front, back) in stages { try front.put(back.next()) }
            }
            for (number, client) in clients.enumerated() {
                #expect(try client.next() == ["reply", Frame("request \(number)")])
            }
        }
    }

    @Test(
        "a reply to a client that has gone is dropped, and the server goes on",
        arguments: transports
    )
    func clientGone(endpoint: String) throws {
        try inContext { context in
            let server = ReplySocket(context: context)
            let bound = try server.bind(endpoint)
            let (first, second) = (RequestSocket(context: context), RequestSocket(context: context))
            try first.connect(bound)
            try first.put("request")
            #expect(try server.next() == "request")
            first.close()
            try second.connect(bound)
            try second.put("another")
            try server.put("into the void")
            #expect(try server.next() == "another")
            try server.put("reply")
            #expect(try second.next() == "reply")
        }
    }
}
