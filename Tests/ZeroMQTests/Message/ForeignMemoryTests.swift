import Testing
import ZeroMQ
import ZeroMQReactor

/// Memory of the test's own, which knows how often it was given back.
private final class Lent: Sendable {
    nonisolated(unsafe) private let memory: UnsafeMutableRawBufferPointer
    private let releases = Locked(0)

    init(_ count: Int) {
        memory = .allocate(byteCount: count, alignment: 8)
        for index in 0..<count { memory[index] = UInt8(truncatingIfNeeded: index &* 7) }
    }

    deinit { memory.deallocate() }

    var releaseCount: Int { releases.withLock { $0 } }

    func frame() -> Frame {
        Frame(referringTo: UnsafeRawBufferPointer(memory)) { self.releases.withLock { $0 += 1 } }
    }

    func isEqual(_ frame: Frame) -> Bool {
        frame.withUnsafeBytes { $0.elementsEqual(UnsafeRawBufferPointer(memory)) }
    }

    /// Waits until everything has been given back.
    func waitForRelease(_ count: Int) -> Bool {
        let deadline = ContinuousClock.now + enough
        while releaseCount < count, ContinuousClock.now < deadline { SystemThread.pause() }
        return releaseCount == count
    }
}

@Suite("Foreign memory is given back exactly once", .serialized)
struct ForeignMemoryTests {
    static let sizes = [0, 30, 31, 32767, 32768, 1 << 20]

    @Test("without ever being sent", arguments: sizes)
    func unsent(size: Int) {
        let lent = Lent(size)
        var frame: Frame? = lent.frame()
        let copy = frame
        #expect(lent.isEqual(copy ?? Frame()))
        let isKept = size > 30
        frame = nil
        #expect(lent.releaseCount == (isKept ? 0 : 1))
        withExtendedLifetime(copy) {}
        _ = consume copy
        #expect(lent.releaseCount == 1)
    }

    @Test("after it was sent and received", arguments: sizes, transports)
    func sent(size: Int, endpoint: String) throws {
        let lent = Lent(size)
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            try push.connect(pull.bind(endpoint))
            for _ in 0..<10 { try push.put([lent.frame(), "tail"]) }
            for _ in 0..<10 { #expect(lent.isEqual(try pull.next()[0])) }
        }
        #expect(lent.waitForRelease(10))
    }

    @Test("after it went to several peers, and after it was dropped", arguments: sizes)
    func fannedOut(size: Int) throws {
        let lent = Lent(size)
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            publisher.sendHighWaterMark = 2
            publisher.linger = .discard
            try publisher.send(["dropped", lent.frame()])
            for name in ["inproc://fan", "tcp://127.0.0.1:*"] {
                let subscriber = SubscriberSocket(context: context)
                try subscriber.subscribe("x")
                try subscriber.connect(publisher.bind(name))
                try publisher.waitForSubscribers(atLeast: 1, to: "x", timeout: enough)
                for _ in 0..<100 { try publisher.send(["x", lent.frame()]) }
                #expect(lent.isEqual(try subscriber.next()[1]))
            }
        }
        #expect(lent.waitForRelease(201))
    }

    @Test("after nobody came to receive it", arguments: sizes)
    func lingering(size: Int) throws {
        let lent = Lent(size)
        try inContext { context in
            let push = PushSocket(context: context)
            push.linger = .discard
            try push.connect("inproc://nobody")
            for _ in 0..<5 { try push.put(Message(lent.frame())) }
            #expect(push.close() == 5)
        }
        #expect(lent.waitForRelease(5))
    }

    @Test("an array is sent without a copy, and let go of")
    func arrays() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            try push.connect(pull.bind("inproc://arrays"))
            let array = [UInt8](repeating: 7, count: 1 << 20)
            let address = array.withUnsafeBytes { $0.baseAddress }
            try push.put(Message(consuming: array))
            let received = try pull.next()
            #expect(received.withUnsafeBytes { $0.baseAddress } == address)
            #expect(received.byteCount == 1 << 20 && received[0].allSatisfy { $0 == 7 })
        }
    }
}
