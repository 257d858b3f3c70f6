import Testing
import ZeroMQ

@Suite("Queues that keep only the newest message", .serialized, .tags(.threads))
struct ConflateTests {
    /// Both options off, then one or the other side alone, then both.
    static let sides = [(true, false), (false, true), (true, true)]

    @Test("over inproc the newest message is what is received", arguments: sides)
    func newest(sender: Bool, receiver: Bool) throws {
        for bindsFirst in [true, false] {
            try inContext { context in
                let push = PushSocket(context: context)
                let pull = PullSocket(context: context)
                push.options.keepsOnlyLatest = sender
                pull.options.keepsOnlyLatest = receiver
                push.sendHighWaterMark = 0
                if bindsFirst { try pull.bind("inproc://latest") }
                try push.connect("inproc://latest")
                if !bindsFirst { try pull.bind("inproc://latest") }
                for number in 0..<1000 { #expect(try push.trySend(["\(number)", "tail"])) }
                // One message may have been on its way before the others came.
                var last = try pull.next()
                var count = 1
                while let message = try pull.tryReceive() {
                    last = message
                    count += 1
                }
                #expect(last == ["999", "tail"])
                #expect(count <= (receiver ? 1 : 2))
                let dropped =
                    push.statistics.dropped[.superseded, default: 0]
                    + pull.statistics.dropped[.superseded, default: 0]
                #expect(dropped == 1000 - count)
            }
        }
    }

    @Test("over the wire as well, and it goes on working", arguments: wires, sides)
    func wire(endpoint: String, sides: (Bool, Bool)) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            publisher.options.keepsOnlyLatest = sides.0
            subscriber.options.keepsOnlyLatest = sides.1
            publisher.sendHighWaterMark = 100_000
            subscriber.receiveHighWaterMark = 100_000
            try subscriber.subscribe()
            try subscriber.connect(publisher.bind(endpoint))
            try publisher.waitForSubscribers(atLeast: 1, timeout: enough)
            for round in 0..<20 {
                for number in 0..<500 { try publisher.put("\(round) \(number)") }
                var count = 0
                while try subscriber.next() != "\(round) 499" { count += 1 }
                #expect(count < 500)
            }
        }
    }

    @Test("the newest message is still sent when the socket closes")
    func closing() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            push.options.keepsOnlyLatest = true
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            try push.connect(endpoint)
            for number in 0..<100 { try push.put("\(number)") }
            #expect(push.close() == 0)
            while try pull.next() != "99" {}
        }
    }

    @Test("types that cannot conflate refuse to")
    func refusals() throws {
        try inContext { context in
            let sockets: [any Socket] = [
                RouterSocket(context: context), RequestSocket(context: context),
                ReplySocket(context: context), PairSocket(context: context),
                XPublisherSocket(context: context), XSubscriberSocket(context: context),
                StreamSocket(context: context),
            ]
            for socket in sockets {
                #expect(!socket.options.keepsOnlyLatest)
                socket.options.keepsOnlyLatest = true
                #expect(code { try socket.bind("tcp://127.0.0.1:*") } == .invalidOption)
            }
        }
    }
}
