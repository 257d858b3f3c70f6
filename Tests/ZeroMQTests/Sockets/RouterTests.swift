import Testing
import ZeroMQ

@Suite("ROUTER", .tags(.threads))
struct RouterTests {
    private func dealer(_ context: Context, named name: String = "") -> DealerSocket {
        let dealer = DealerSocket(context: context)
        dealer.options.routingID = Frame(name)
        dealer.linger = .discard
        return dealer
    }

    @Test("peers are addressed by the names they chose", arguments: transports)
    func names(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let bound = try router.bind(endpoint)
            let dealers = ["alice", "bob"].map { dealer(context, named: $0) }
            for dealer in dealers {
                try dealer.connect(bound)
                try dealer.put("hello")
            }
            #expect(Set(try router.next(2)) == [["alice", "hello"], ["bob", "hello"]])
            try router.put(["bob", "for bob", "in two parts"])
            try router.put(["alice", "for alice"])
            #expect(try dealers[0].next() == "for alice")
            #expect(try dealers[1].next() == ["for bob", "in two parts"])
        }
    }

    @Test("peers without a name get one of five bytes, each its own", arguments: transports)
    func generated(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let bound = try router.bind(endpoint)
            let dealers = (0..<3).map { _ in dealer(context) }
            for (number, dealer) in dealers.enumerated() {
                try dealer.connect(bound)
                try dealer.put(Message("\(number)"))
            }
            let greetings = try router.next(3)
            #expect(Set(greetings.map { $0[0] }).count == 3)
            for greeting in greetings {
                #expect(greeting[0].count == 5 && greeting[0].first == 0)
                try router.put([greeting[0], greeting[1]])
            }
            for (number, dealer) in dealers.enumerated() {
                #expect(try dealer.next() == Message("\(number)"))
            }
        }
    }

    @Test("a second peer of the same name is refused", arguments: transports)
    func duplicate(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let bound = try router.bind(endpoint)
            let (first, second) = (dealer(context, named: "A"), dealer(context, named: "A"))
            try first.connect(bound)
            try first.put("first")
            #expect(try router.next() == ["A", "first"])
            try second.connect(bound)
            _ = try? second.trySend("second")
            try first.put("again")
            #expect(try router.next() == ["A", "again"])
            try router.put(["A", "answer"])
            #expect(try first.next() == "answer")
            #expect(try router.tryReceive() == nil)
        }
    }

    @Test("with handover the newcomer takes the name", arguments: transports)
    func handover(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            let bound = try router.bind(endpoint)
            let (first, second) = (dealer(context, named: "A"), dealer(context, named: "A"))
            first.options.reconnect = .never
            try first.connect(bound)
            try first.put("first")
            #expect(try router.next() == ["A", "first"])
            try second.connect(bound)
            try second.put("second")
            #expect(try router.next() == ["A", "second"])
            try router.put(["A", "answer"])
            #expect(try second.next() == "answer")
            #expect(try first.tryReceive() == nil)
        }
    }

    @Test("nobody is told of a message to nobody, unless that is mandatory")
    func unroutable() throws {
        try inContext { (context) throws in
            let router = RouterSocket(context: context)
            #expect(try router.trySend(["nobody", "x"]))
            router.isMandatory = true
            #expect(code { _ = try router.trySend(["nobody", "x"]) } == .hostUnreachable)
            #expect(code { try router.put(["nobody", "x"]) } == .hostUnreachable)
        }
    }

    @Test("a message to a full peer is dropped, or waits if that is mandatory")
    func full() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.sendHighWaterMark = 2
            let dealer = dealer(context, named: "A")
            dealer.receiveHighWaterMark = 1
            try dealer.connect(router.bind("inproc://full"))
            try router.waitForPeers(atLeast: 1, timeout: enough)
            for number in 0..<3 { try router.put(["A", Frame("\(number)")]) }
            try router.put(["A", "dropped"])
            router.isMandatory = true
            #expect(try !router.trySend(["A", "no room"]))
            #expect(
                code { try router.send(["A", "no room"], timeout: .milliseconds(20)) } == .timedOut
            )
            let sender = try Worker { try router.put(["A", "waited"]) }
            #expect(try dealer.next(4) == ["0", "1", "2", "waited"])
            try sender.value()
        }
    }

    @Test("a message without a body is refused")
    func incomplete() throws {
        try inContext { (context) throws in
            let router = RouterSocket(context: context)
            #expect(code { _ = try router.trySend("only a name") } == .invalidMessage)
            #expect(code { _ = try router.trySend(Message(frames: [])) } == .invalidMessage)
        }
    }

    @Test("a name given at connect outranks the peer's own", arguments: transports)
    func givenName(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let dealer = dealer(context, named: "own name")
            router.options.connectRoutingID = "given"
            try router.connect(dealer.bind(endpoint))
            try router.put(["given", "early"])
            #expect(try dealer.next() == "early")
            try dealer.put("answer")
            #expect(try router.next() == ["given", "answer"])
        }
    }

    @Test("two routers talk to each other by name", arguments: transports)
    func routerToRouter(endpoint: String) throws {
        try inContext { context in
            let (left, right) = (RouterSocket(context: context), RouterSocket(context: context))
            left.options.routingID = "left"
            right.options.routingID = "right"
            try left.connect(right.bind(endpoint))
            try left.waitForPeers(atLeast: 1, timeout: enough)
            try right.waitForPeers(atLeast: 1, timeout: enough)
            try left.put(["right", "hello"])
            #expect(try right.next() == ["left", "hello"])
            try right.put(["left", "hello yourself"])
            #expect(try left.next() == ["right", "hello yourself"])
        }
    }
}
