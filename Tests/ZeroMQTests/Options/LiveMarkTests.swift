import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("High-water marks change under peers that are there", .serialized, .tags(.threads))
struct LiveMarkTests {
    /// How many messages a socket takes until it has no room.
    private func fill(_ push: some SendingSocket, _ message: Message = "queued") throws -> Int {
        var count = 0
        while try push.trySend(message) { count += 1 }
        return count
    }

    /// Waits until the socket holds so many messages that nobody has received.
    private func waitUntil(_ socket: some Socket, holds count: Int) {
        let start = ContinuousClock.now
        while socket.statistics.messagesQueuedToReceive != count {
            guard ContinuousClock.now - start < enough else {
                #expect(socket.statistics.messagesQueuedToReceive == count)
                return
            }
            letPass(.milliseconds(1))
        }
    }

    @Test("the queue of a peer grows and shrinks with the mark", arguments: ["tcp", "inproc"])
    func early(transport: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            push.linger = .discard
            push.sendHighWaterMark = 2
            try push.connect(transport == "tcp" ? "tcp://127.0.0.1:1" : "inproc://live")
            #expect(try fill(push) == 2)
            push.sendHighWaterMark = 5
            #expect(try fill(push) == 3)
            push.sendHighWaterMark = 3
            #expect(try fill(push) == 0)
            push.sendHighWaterMark = .count(-1)
            #expect(try fill(push) == 0)
            push.sendHighWaterMark = 6
            #expect(try fill(push) == 1)
            #expect(push.close() == 6)
        }
    }

    @Test("over inproc both marks count, whichever changes, and at either end")
    func sums() throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            push.sendHighWaterMark = 2
            try push.connect("inproc://sums")
            #expect(try fill(push) == 2)
            pull.receiveHighWaterMark = 3
            try pull.bind("inproc://sums")
            #expect(try fill(push) == 3)
            pull.receiveHighWaterMark = 10
            #expect(try fill(push) == 7)
            push.sendHighWaterMark = 4
            #expect(try fill(push) == 2)
            pull.receiveHighWaterMark = 1
            #expect(try pull.next(9).count == 9)
            #expect(try fill(push) == 0)
            #expect(try pull.next(5).count == 5)
            #expect(try fill(push) == 5)
        }
    }

    @Test("a publisher that has noted room for many messages keeps to a lowered mark")
    func publisher() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            publisher.sendHighWaterMark = 100
            let subscriber = SubscriberSocket(context: context)
            subscriber.receiveHighWaterMark = 1
            try subscriber.subscribe()
            try subscriber.connect(publisher.bind("inproc://live-publisher"))
            try publisher.waitForSubscribers(atLeast: 1, timeout: enough)
            try publisher.send("noted")
            publisher.sendHighWaterMark = 4
            for _ in 0..<20 { try publisher.send("queued") }
            #expect(publisher.statistics.dropped == [.peerFull: 16])
            for _ in 0..<5 { _ = try subscriber.receive(timeout: enough) }
            #expect(try subscriber.tryReceive() == nil)
        }
    }

    @Test("each peer of a bound socket has the same room, whenever it came")
    func peers() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.isMandatory = true
            let endpoint = try router.bind("inproc://bound")
            let dealers = try [1, 7].map { mark in
                router.sendHighWaterMark = .count(mark)
                let dealer = DealerSocket(context: context)
                dealer.receiveHighWaterMark = 1
                dealer.options.routingID = "\(mark)"
                try dealer.connect(endpoint)
                return dealer
            }
            for mark in [1, 7] { #expect(try fill(router, [Frame("\(mark)"), "x"]) == 8) }
            router.sendHighWaterMark = 9
            for mark in [1, 7] { #expect(try fill(router, [Frame("\(mark)"), "x"]) == 2) }
            withExtendedLifetime(dealers) {}
        }
    }

    @Test("a sender that waits goes on when the mark rises", arguments: [true, false])
    func wakes(raisesSender: Bool) throws {
        try inContext { context in
            let pipeline = try Pipeline(context, mark: 1)
            let push = pipeline.push
            #expect(try pipeline.fill() == 2)
            let sender = try Worker { try push.put("waiting") }
            while push.handle.core.withSender({ $0.waiters.isEmpty }) { letPass(.milliseconds(1)) }
            if raisesSender {
                push.sendHighWaterMark = 2
            } else {
                pipeline.pull.receiveHighWaterMark = 2
            }
            try sender.value()
            #expect(try pipeline.pull.next(3).last == "waiting")
        }
    }

    @Test("patterns that wait for one peer, or for all, go on as well", arguments: [true, false])
    func wakesOthers(publishes: Bool) throws {
        try inContext { context in
            let (publisher, subscriber) = (
                PublisherSocket(context: context), SubscriberSocket(context: context)
            )
            let (router, dealer) = (RouterSocket(context: context), DealerSocket(context: context))
            dealer.options.routingID = "peer"
            (publisher.isLossless, router.isMandatory) = (true, true)
            try subscriber.subscribe("")
            let sender: any SendingSocket = publishes ? publisher : router
            let receiver: any ReceivingSocket = publishes ? subscriber : dealer
            (sender.sendHighWaterMark, receiver.receiveHighWaterMark) = (1, 1)
            try receiver.connect(sender.bind("inproc://others"))
            let message: Message = [Frame("peer"), "body"]
            while try sender.trySend(message) {}
            let worker = try Worker { try sender.put(message) }
            while sender.handle.core.withSender({ $0.waiters.isEmpty }) {
                letPass(.milliseconds(1))
            }
            sender.sendHighWaterMark = 2
            try worker.value()
            #expect(try receiver.next(3).count == 3)
        }
    }

    @Test("under a lowered mark room is told of as soon as under one that was low from the start")
    func pace() throws {
        try inContext { context in
            let pipeline = try Pipeline(context, mark: 1000)
            pipeline.push.sendHighWaterMark = 4
            pipeline.pull.receiveHighWaterMark = 4
            #expect(try pipeline.fill() == 8)
            // Not one more than there are: who finds nothing tells of room in any case.
            for _ in 0..<100 {
                #expect(try pipeline.pull.next(4).count == 4)
                for _ in 0..<4 { #expect(try pipeline.push.trySend("fits")) }
                #expect(try !pipeline.push.trySend("surplus"))
            }
        }
    }

    @Test("what the kernel holds is taken in as the mark for receiving rises", arguments: wires)
    func receiving(endpoint: String) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.receiveHighWaterMark = 2
            let peer = try RawPeer(connectingTo: "\(pull.bind(endpoint))")
            try peer.shakeHands(as: "PUSH")
            for number in 0..<20 { peer.send(Wire.text("\(number)")) }
            waitUntil(pull, holds: 2)
            pull.receiveHighWaterMark = 5
            waitUntil(pull, holds: 5)
            pull.receiveHighWaterMark = 3
            #expect(try pull.next() == "0")
            #expect(pull.statistics.messagesQueuedToReceive == 4)
            pull.receiveHighWaterMark = .unlimited
            waitUntil(pull, holds: 19)
            for number in 1..<20 { #expect(try pull.next() == Message("\(number)")) }
        }
    }

    @Test("so is what came encrypted, and what came without frames")
    func otherForms() throws {
        try inContext { context in
            let (server, client) = (try CurveKeyPair(), try CurveKeyPair())
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            pull.options.security = .curveServer(server)
            pull.options.authenticator = .keys([client.publicKey])
            push.options.security = .curveClient(client, server: server.publicKey)
            pull.receiveHighWaterMark = 2
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            for number in 0..<20 { try push.put(Message("\(number)")) }
            waitUntil(pull, holds: 2)
            pull.receiveHighWaterMark = 20
            waitUntil(pull, holds: 20)

            let stream = StreamSocket(context: context)
            stream.receiveHighWaterMark = 1
            let peer = try RawPeer(connectingTo: "\(stream.bind("tcp://127.0.0.1:*"))")
            peer.send([1, 2, 3])
            waitUntil(stream, holds: 1)
            stream.receiveHighWaterMark = 2
            waitUntil(stream, holds: 2)
        }
    }

    @Test("marks that change under traffic lose nothing", arguments: transports)
    func restless(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let sender = try Worker {
                for number in 0..<20_000 { try push.put(Message("\(number)")) }
            }
            var generator = SeededGenerator(seed: 7)
            for number in 0..<20_000 {
                #expect(try pull.next() == Message("\(number)"))
                guard number % 100 == 0 else { continue }
                let mark = Limit.count(Int.random(in: 1...300, using: &generator))
                if number % 200 == 0 {
                    push.sendHighWaterMark = mark
                } else {
                    pull.receiveHighWaterMark = mark
                }
            }
            try sender.value()
        }
    }
}
