import Testing
import ZeroMQ

@Suite("Times at the ends of their range")
struct ExtremeTimeTests {
    static let long: [Duration] = [
        .seconds(Int64.max), .seconds(Int64.max) + .seconds(Int64.max),
        .nanoseconds(Int64.max), .milliseconds(Int64.max),
    ]
    static let past: [Duration] = [.seconds(Int64.min), .nanoseconds(-1), .zero]

    @Test("a call that may wait for ages waits for its message", arguments: long)
    func longTimes(time: Duration) throws {
        let context = Context()
        let push = PushSocket(context: context)
        let pull = PullSocket(context: context)
        push.linger = .wait(upTo: time)
        pull.receiveTimeout = time
        push.sendTimeout = time
        let endpoint = try pull.bind("tcp://127.0.0.1:*").description
        try push.connect(endpoint)
        try push.waitForPeers(atLeast: 1, timeout: time)
        #expect(pull.events.next(timeout: time) != nil)
        for _ in 0..<100 { try push.send("A") }
        try push.send("B", timeout: time)
        #expect(push.close() == 0)
        for _ in 0..<100 { #expect(try pull.receive() == "A") }
        #expect(try pull.receive(timeout: time) == "B")
        context.shutDown()
    }

    @Test("a time that is over before it began is over at once", arguments: past)
    func pastTimes(time: Duration) throws {
        let context = Context()
        let push = PushSocket(context: context)
        let pull = PullSocket(context: context)
        push.linger = .wait(upTo: time)
        pull.receiveTimeout = time
        #expect(throws: ZeroMQError.self) { try pull.receive() }
        #expect(throws: ZeroMQError.self) { try pull.receive(timeout: time) }
        #expect(throws: ZeroMQError.self) { try push.send("A", timeout: time) }
        #expect(throws: ZeroMQError.self) { try push.waitForPeers(atLeast: 1, timeout: time) }
        try push.connect("tcp://127.0.0.1:1")
        try push.send("A", timeout: .seconds(10))
        #expect(push.close() == 1)
        context.shutDown()
    }
}
