import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("Peers that have gone leave nothing behind")
struct DepartedPeerTests {
    private func expectNothing(
        of socket: any Socket,
        _ peerType: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let endpoint = try socket.bind("tcp://127.0.0.1:*")
        for _ in 0..<20 {
            let peer = try RawPeer(connectingTo: endpoint.description)
            try peer.shakeHands(as: peerType)
            try socket.waitForPeers(atLeast: 1, timeout: enough)
            peer.close()
            let end = socket.events.first {
                if case .disconnected = $0 { true } else { false }
            }
            #expect(end != nil, sourceLocation: sourceLocation)
        }
        // The application has never received; the event came before the socket was told.
        let core = socket.handle.core
        let deadline = ContinuousClock.now + enough
        while count(core) > 0, ContinuousClock.now < deadline { letPass(.milliseconds(1)) }
        #expect(count(core) == 0, "\(core.kind)", sourceLocation: sourceLocation)
    }

    private func count(_ core: SocketCore) -> Int {
        core.withReceiver { $0.queue.pipes.count } + core.withSender { $0.pipes.pipes.count }
    }

    @Test("whatever the type of the socket, and without its application receiving")
    func everyType() throws {
        try inContext { context in
            try expectNothing(of: DealerSocket(context: context), "ROUTER")
            try expectNothing(of: RouterSocket(context: context), "DEALER")
            try expectNothing(of: PairSocket(context: context), "PAIR")
            try expectNothing(of: XPublisherSocket(context: context), "SUB")
            try expectNothing(of: PublisherSocket(context: context), "SUB")
            try expectNothing(of: PushSocket(context: context), "PULL")
            try expectNothing(of: PullSocket(context: context), "PUSH")
            try expectNothing(of: SubscriberSocket(context: context), "PUB")
            try expectNothing(of: XSubscriberSocket(context: context), "PUB")
            try expectNothing(of: RequestSocket(context: context), "REP")
            try expectNothing(of: ReplySocket(context: context), "REQ")
        }
    }

    @Test("of many that left messages, those of the first are given up and counted")
    func unread() throws {
        var queue = FairQueue(mostUnread: 8)
        var left: [SocketPipe] = []
        var givenUp = 0
        for number in 0..<20 {
            let pipe = SocketPipe(
                outbound: WireStream(highWaterMark: 10, readerRetains: false),
                inbound: WireStream(highWaterMark: 10, readerRetains: false)
            )
            queue.add(pipe)
            for _ in 0..<2 {
                pipe.inbound.writer.pointee.begin()
                pipe.inbound.writer.pointee.append(Message("\(number)"))
                _ = pipe.inbound.writer.pointee.publish()
            }
            givenUp += queue.finish(pipe)
            #expect(queue.pipes.count <= 8)
            left.append(pipe)
        }
        #expect(givenUp == 2 * 12)
        #expect(queue.pipes.allSatisfy { pipe in left[12...].contains { $0 === pipe } })
        // Who comes back stays, and the others go when they are empty.
        queue.resume(left[12])
        var taken = 0
        while let lane = queue.next() {
            _ = lane.reader.pointee.takeMessage()
            taken += 1
            queue.advance()
        }
        #expect(taken == 16)
        #expect(queue.pipes.count == 1 && queue.pipes.first === left[12])
    }

    @Test("over inproc as well, and what was sent is still delivered and counted once")
    func inproc() throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            try dealer.bind("inproc://departed")
            for number in 0..<20 {
                let router = RouterSocket(context: context)
                router.options.routerNotices = []
                try router.connect("inproc://departed")
                try dealer.put(Message("\(number)"))
                let message = try router.next()
                if number % 2 == 0 { try router.put([message[0], "answer"]) }
                router.close()
            }
            let core = dealer.handle.core
            #expect(core.withReceiver { $0.queue.pipes.count } == 10)
            for _ in 0..<10 { #expect(try dealer.next() == "answer") }
            #expect(try dealer.tryReceive() == nil)
            #expect(count(core) == 0)
            #expect(dealer.statistics.messagesReceived == 10)
        }
    }
}
