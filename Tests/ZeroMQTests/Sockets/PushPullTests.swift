import Testing
import ZeroMQ

@Suite("PUSH and PULL", .tags(.threads))
struct PushPullTests {
    @Test("messages arrive in order", arguments: transports)
    func order(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let sender = try Worker {
                for number in 0..<5000 { try push.put([Frame("\(number)"), "body"]) }
            }
            for number in 0..<5000 { #expect(try pull.next() == [Frame("\(number)"), "body"]) }
            try sender.value()
        }
    }

    @Test("work is shared out in turn", arguments: transports)
    func loadBalancing(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pulls = (0..<3).map { _ in PullSocket(context: context) }
            let bound = try push.bind(endpoint)
            for pull in pulls { try pull.connect(bound) }
            try push.waitForPeers(atLeast: 3, timeout: enough)
            for number in 0..<30 { try push.put(Message("\(number)")) }
            for pull in pulls {
                let numbers = try pull.next(10).map { try #require(Int(String($0))) }
                #expect(Set(numbers.map { $0 % 3 }).count == 1)
                #expect(numbers == numbers.sorted())
            }
        }
    }

    @Test("a peer without room is passed over")
    func writablePeersOnly() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let (slow, quick) = (PullSocket(context: context), PullSocket(context: context))
            push.sendHighWaterMark = 1
            slow.receiveHighWaterMark = 1
            quick.receiveHighWaterMark = 100
            try push.connect(slow.bind("inproc://slow"))
            try push.connect(quick.bind("inproc://quick"))
            for number in 0..<103 { #expect(try push.trySend(Message("\(number)"))) }
            #expect(try !push.trySend("surplus"))
            #expect(try slow.next(2).count == 2)
            #expect(try quick.next(101).count == 101)
        }
    }

    @Test("messages are taken from the peers in turn", arguments: transports)
    func fairQueuing(endpoint: String) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let pushes = (0..<3).map { _ in PushSocket(context: context) }
            let bound = try pull.bind(endpoint)
            for push in pushes { try push.connect(bound) }
            try pull.waitForPeers(atLeast: 3, timeout: enough)
            for (index, push) in pushes.enumerated() {
                for _ in 0..<100 { try push.put([Frame("\(index)"), "a", "b"]) }
            }
            var counts = [0, 0, 0]
            for _ in 0..<300 {
                let message = try pull.next()
                #expect(message.count == 3)
                counts[try #require(Int(String(message[0])))] += 1
            }
            #expect(counts == [100, 100, 100])
        }
    }

    @Test("over inproc turns are exact, message by message")
    func fairTurns() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let bound = try pull.bind("inproc://fair")
            let pushes = (0..<4).map { _ in PushSocket(context: context) }
            for (index, push) in pushes.enumerated() {
                try push.connect(bound)
                for _ in 0..<10 { try push.put([Frame("\(index)"), "part"]) }
            }
            for _ in 0..<10 {
                let turn = try pull.next(4).map { String($0[0]) }
                #expect(Set(turn).count == 4)
            }
            #expect(try pull.tryReceive() == nil)
        }
    }

    @Test("without a peer, sending waits, and goes on when one comes", arguments: transports)
    func mute(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            let bound = try push.bind(endpoint)
            #expect(try !push.trySend("early"))
            #expect(code { try push.send("early", timeout: .milliseconds(20)) } == .timedOut)
            let sender = try Worker { try push.put("waiting") }
            try pull.connect(bound)
            try sender.value()
            #expect(try pull.next() == "waiting")
            #expect(try pull.tryReceive() == nil)
        }
    }

    @Test("marks of both sides add up over inproc", arguments: [(1, 1), (1, 2), (5, 10)])
    func inprocMarks(send: Int, receive: Int) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            push.sendHighWaterMark = .count(send)
            pull.receiveHighWaterMark = .count(receive)
            try push.connect(pull.bind("inproc://marks"))
            for _ in 0..<(send + receive) { #expect(try push.trySend("x")) }
            #expect(try !push.trySend("surplus"))
            #expect(try pull.next(send + receive).count == send + receive)
            #expect(try push.trySend("again"))
        }
    }

    @Test(
        "a connecting sender queues exactly its mark before the peer is there",
        arguments: [1, 2, 1000]
    )
    func queueBeforePeer(mark: Int) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            push.linger = .discard
            push.sendHighWaterMark = .count(mark)
            try push.connect("ipc:///tmp/nobody-is-here")
            for _ in 0..<mark { #expect(try push.trySend("x")) }
            #expect(try !push.trySend("surplus"))
            #expect(push.close() == mark)
        }
    }

    @Test("with marks of one, all messages still arrive", arguments: transports)
    func markOfOne(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            push.sendHighWaterMark = 1
            pull.receiveHighWaterMark = 1
            try push.connect(pull.bind(endpoint))
            let sender = try Worker {
                for number in 0..<2000 { try push.put(Message("\(number)")) }
            }
            for number in 0..<2000 { #expect(try pull.next() == Message("\(number)")) }
            try sender.value()
        }
    }

    @Test("a message of 16 MiB arrives whole", arguments: transports)
    func large(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let body = Frame(count: 16 << 20) { buffer in
                for index in stride(from: 0, to: buffer.count, by: 4093) {
                    buffer[index] = UInt8(truncatingIfNeeded: index >> 8)
                }
            }
            try push.put(["head", body, "tail"])
            let message = try pull.next()
            #expect(message.map(\.count) == [4, 16 << 20, 4])
            let isSame = message[1].withUnsafeBytes { got in
                body.withUnsafeBytes { sent in
                    stride(from: 0, to: got.count, by: 4093).allSatisfy { got[$0] == sent[$0] }
                }
            }
            #expect(isSame)
        }
    }
}
