import Testing
import ZeroMQ

/// What is for whoever is at the endpoint waits for the next peer; what came from one peer stays
/// known as that peer's.
@Suite("What survives a reconnection: the endpoint's", .serialized)
struct EndpointStateTests {
    @Test("what is sent while nobody is there waits for the next peer", arguments: fixedWires)
    func queues(wire: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            try keeps(push, at: wire) { PullSocket(context: context) }
            let dealer = DealerSocket(context: context)
            try keeps(dealer, at: wire) { DealerSocket(context: context) }
            let pair = PairSocket(context: context)
            try keeps(pair, at: wire) { PairSocket(context: context) }
        }
    }

    private func keeps(
        _ socket: some SendingSocket,
        at wire: String,
        _ make: @escaping () -> some ReceivingSocket
    ) throws {
        comesBackQuickly(socket)
        var peers = Successors(make)
        let first = try peers.next(at: wire)
        try socket.connect(#require(peers.endpoint))
        try socket.put("for the first")
        #expect(try first.next() == "for the first")
        first.close()
        waitUntilAlone(socket)
        for number in 0..<10 { try socket.put(Message("\(number)")) }
        let second = try peers.next(at: wire)
        for number in 0..<10 { #expect(try second.next() == Message("\(number)")) }
        second.close()
        socket.close()
        #expect(socket.statistics.dropped.isEmpty)
    }

    @Test("a request that nobody took goes to the next peer", arguments: fixedWires)
    func request(wire: String) throws {
        try inContext { context in
            let client = RequestSocket(context: context)
            comesBackQuickly(client)
            var peers = Successors { ReplySocket(context: context) }
            let first = try peers.next(at: wire)
            try client.connect(#require(peers.endpoint))
            try client.waitForPeers(atLeast: 1, timeout: enough)
            first.close()
            waitUntilAlone(client)
            try client.put("question")
            let second = try peers.next(at: wire)
            #expect(try second.next() == "question")
            try second.put("answer")
            #expect(try client.next() == "answer")
        }
    }

    @Test("subscriptions are told to every next peer", arguments: fixedWires)
    func subscriptions(wire: String) throws {
        try inContext { context in
            let subscriber = SubscriberSocket(context: context)
            comesBackQuickly(subscriber)
            try subscriber.subscribe("a")
            var peers = Successors { PublisherSocket(context: context) }
            for number in 0..<3 {
                let peer = try peers.next(at: wire)
                if number == 0 { try subscriber.connect(#require(peers.endpoint)) }
                try peer.waitForSubscribers(atLeast: 1, to: "a", timeout: enough)
                try peer.put(Message("a \(number)"))
                #expect(try subscriber.next() == Message("a \(number)"))
                peer.close()
                waitUntilAlone(subscriber)
            }
        }
    }

    // MARK: Who sent what

    @Test(
        "a message is described by the peer that sent it, and not by the one that is there now",
        arguments: fixedWires,
        [false, true]
    )
    func metadata(wire: String, keepsOnlyLatest: Bool) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            comesBackQuickly(pull)
            pull.describesMessages = true
            pull.options.keepsOnlyLatest = keepsOnlyLatest
            var peers = Successors { PushSocket(context: context) }
            var queued = 0
            for name in ["A", "silent", "B"] {
                let peer = try peers.next(at: wire) {
                    $0.options.applicationMetadata = ["X-Name": Frame(name)]
                }
                if name == "A" { try pull.connect(#require(peers.endpoint)) }
                try pull.waitForPeers(atLeast: 1, timeout: enough)
                // Of two who keep only the latest, the second one's would be all there is.
                let count = name == "A" ? 2 : name == "B" && !keepsOnlyLatest ? 1 : 0
                for number in 0..<count {
                    try peer.put(Message("\(number) from \(name)"))
                    queued += keepsOnlyLatest && queued == 1 ? 0 : 1
                    #expect(eventually { pull.statistics.messagesQueuedToReceive == queued })
                }
                peer.close()
                waitUntilAlone(pull)
            }
            #expect(queued == (keepsOnlyLatest ? 1 : 3))
            for _ in 0..<queued {
                let message = try pull.next()
                let name = try #require(message.metadata?["X-Name"])
                #expect(String(message).hasSuffix("from \(String(name))"))
            }
        }
    }

    @Test("so is a reply", arguments: fixedWires)
    func replyMetadata(wire: String) throws {
        try inContext { context in
            let client = RequestSocket(context: context)
            comesBackQuickly(client)
            client.describesMessages = true
            var peers = Successors { ReplySocket(context: context) }
            let first = try peers.next(at: wire) {
                $0.options.applicationMetadata = ["X-Name": "A"]
            }
            try client.connect(#require(peers.endpoint))
            try client.put("question")
            #expect(try first.next() == "question")
            try first.put("answer")
            #expect(eventually { client.statistics.messagesQueuedToReceive == 1 })
            first.close()
            waitUntilAlone(client)
            let second = try peers.next(at: wire) {
                $0.options.applicationMetadata = ["X-Name": "B"]
            }
            try client.waitForPeers(atLeast: 1, timeout: enough)
            let answer = try client.next()
            #expect(answer == "answer")
            #expect(answer.metadata?["X-Name"].map { String($0) } == "A")
            second.close()
        }
    }
}
