import Testing
import ZeroMQProtocol
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("A receiver that reads from the descriptor itself", .tags(.threads, .memory))
struct ConsumerReadingTests {
    private static let count = 20_000

    /// A PULL socket with a peer that sends many messages, then a PING, and then nothing more.
    private func withBusyReceiver(_ body: (PullSocket, RawPeer) throws -> Void) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.receiveHighWaterMark = .unlimited
            let peer = try RawPeer(connectingTo: pull.bind("tcp://127.0.0.1:*").description)
            try peer.shakeHands(as: "PUSH")
            let sender = try SystemThread.start(name: "sender") {
                peer.send((0..<Self.count).flatMap { Wire.text("message \($0)") } + Wire.ping())
            }
            try body(pull, peer)
            sender.join()
        }
    }

    private func receive(_ range: Range<Int>, from pull: PullSocket) throws {
        for number in range { #expect(try pull.next() == Message("message \(number)")) }
    }

    @Test("what it leaves is read by the loop, if it does not come back", arguments: 0..<5)
    func leaving(round: Int) throws {
        try withBusyReceiver { pull, peer in
            // It stops somewhere in the middle, with bytes left in the kernel as a rule.
            try receive(0..<(Self.count / 5 * round + 100), from: pull)
            let answer = try peer.receiveFrame()
            #expect(answer.body.starts(with: [4] + Array("PONG".utf8)))
        }
    }

    @Test("it gets everything, whether it waits or keeps asking", arguments: [true, false])
    func everything(waits: Bool) throws {
        try withBusyReceiver { pull, _ in
            if waits { return try receive(0..<Self.count, from: pull) }
            for number in 0..<Self.count {
                var message = try pull.tryReceive()
                while message == nil { message = try pull.tryReceive() }
                #expect(message == Message("message \(number)"))
            }
        }
    }

    /// The end of a peer is announced once. The loop reads nothing then while messages are kept
    /// back, and it is the receiver who takes what the kernel still has.
    @Test("it has the loop look for an end that was announced before", arguments: [false, true])
    func announcedEnd(isSealed: Bool) {
        let stream = WireStream(highWaterMark: 2, readerRetains: false)
        var flow = InboundFlow(stream: stream, traffic: TrafficCounters())
        var sender = isSealed ? SealedPair.traffic?.sender : nil
        let message = WalkerScript.Item.frame(flags: [], .init(count: 100))
        var image = WireImage(Array(repeating: message, count: 4), sealing: &sender)
        let whole = image.wire.count / 4 * 3
        // The peer died in the middle of its fourth message.
        image.lose(50)
        let walker = InboundWalker(
            writer: stream.writer,
            policy: InboundPolicy(.pull),
            limits: ProtocolLimits()
        )
        let receiver = isSealed ? SealedPair.traffic?.receiver : nil
        flow.connect(
            ScriptedChannel(image.wire, cuts: [whole]),
            walker,
            at: nil,
            sealed: receiver.map { SealedInput($0) }
        )
        let notices = NoticeCheck([], [])
        guard case .heldBack = flow.read(notices, hasHungUp: true) else {
            Issue.record("the third message is not kept back")
            return
        }
        for _ in 0..<2 {
            guard stream.reader.pointee.hasMessage() else {
                Issue.record("a message has not come")
                return
            }
            _ = stream.reader.pointee.takeMessage()
        }
        guard case .moreToDo = flow.readElsewhere() else {
            Issue.record("nobody looks for the end")
            return
        }
        guard case .ended(.closedByPeer) = flow.read(notices, hasHungUp: true) else {
            Issue.record("the end is not found")
            return
        }
    }
}
