import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("Parts of a message", .serialized)
struct MessagePartTests {
    private func parts(_ count: Int) -> Message {
        Message(frames: Array(repeating: Frame(), count: count))
    }

    private func expectRefusal(
        _ body: () throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(code(body) == .invalidMessage, sourceLocation: sourceLocation)
    }

    @Test("by default a million, as peers of this library accept them", arguments: transports)
    func defaults(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            try push.connect(try pull.bind(endpoint))
            expectRefusal { try push.send(parts(1_000_001)) }
            expectRefusal { _ = try push.trySend(parts(1_000_001)) }
            #expect(push.statistics.messagesSent == 0)
            try push.put(parts(100_000))
            try push.put("behind it")
            #expect(try pull.receive(timeout: .seconds(60)).count == 100_000)
            #expect(try pull.next() == "behind it")
        }
    }

    @Test("the limit counts what travels, whatever the pattern puts before a message")
    func envelopes() throws {
        try inContext { context in
            func limited<Limited: Socket>(_ socket: Limited) -> Limited {
                socket.options.maximumMessageParts = 4
                return socket
            }
            let router = limited(RouterSocket(context: context))
            let dealer = limited(DealerSocket(context: context))
            try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
            try dealer.put(parts(4))
            expectRefusal { try dealer.send(parts(5)) }
            let id = try router.next()[0]
            try router.put(Message(frames: [id] + Array(parts(4))))
            expectRefusal { try router.send(Message(frames: [id] + Array(parts(5)))) }
            #expect(try dealer.next().count == 4)

            let reply = limited(ReplySocket(context: context))
            let request = limited(RequestSocket(context: context))
            try request.connect(try reply.bind("tcp://127.0.0.1:*"))
            expectRefusal { try request.send(parts(4)) }
            try request.put(parts(3))
            #expect(try reply.next().count == 3)
            expectRefusal { try reply.send(parts(5)) }
            // The requester left no room for so many behind its delimiter.
            try reply.put(parts(4))
            #expect(reply.statistics.dropped == [.malformed: 1])

            let publisher = limited(PublisherSocket(context: context))
            let subscriber = limited(SubscriberSocket(context: context))
            try subscriber.subscribe()
            try subscriber.connect(try publisher.bind("tcp://127.0.0.1:*"))
            try publisher.waitForSubscribers(atLeast: 1, to: "", timeout: enough)
            expectRefusal { try publisher.send(parts(5)) }
            try publisher.put(parts(4))
            #expect(try subscriber.next().count == 4)
            let upstream = limited(XSubscriberSocket(context: context))
            expectRefusal { try upstream.send(parts(5)) }
        }
    }

    @Test("a peer that sends more is told off, and one that may send more is not", arguments: wires)
    func receiving(endpoint: String) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.maximumMessageParts = 3
            let bound = try pull.bind(endpoint)
            for (count, isAllowed) in [(3, true), (4, false)] {
                let peer = try RawPeer(connectingTo: bound.description)
                try peer.shakeHands(as: "PUSH")
                for number in 1...count {
                    peer.send(Wire.frame([7], flags: number < count ? 1 : 0))
                }
                if isAllowed {
                    #expect(try pull.next().count == 3)
                } else {
                    #expect(peer.waitForClose())
                    let end = pull.events.first { event in
                        guard case .disconnected(_, _, let reason) = event else { return false }
                        return reason == .limitExceeded("parts of a message")
                    }
                    #expect(end != nil)
                }
            }
        }
    }

    @Test("a proxy passes over what it may not send on, and captures what it may")
    func proxy() throws {
        try inContext { context in
            let front = PullSocket(context: context)
            let back = PushSocket(context: context)
            let capture = PushSocket(context: context)
            back.options.maximumMessageParts = 2
            capture.options.maximumMessageParts = 1
            let entry = try front.bind("inproc://entry")
            let exit = try back.bind("inproc://exit")
            let tap = try capture.bind("inproc://tap")
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            let watcher = PullSocket(context: context)
            try push.connect(entry)
            try pull.connect(exit)
            try watcher.connect(tap)
            let proxy = Proxy(frontend: front, backend: back, capture: capture)
            let worker = try Worker { try proxy.run() }
            for count in [3, 2, 1] { try push.put(parts(count)) }
            #expect(try pull.next().count == 2)
            #expect(try pull.next().count == 1)
            #expect(try watcher.next().count == 1)
            front.close()
            _ = try? worker.value()
        }
    }
}
