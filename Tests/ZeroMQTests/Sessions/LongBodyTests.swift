import Testing
import ZeroMQProtocol
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Bodies that are longer than a chunk, and begin in one that is full.
@Suite("Long bodies", .tags(.memory))
struct LongBodyTests {
    /// What the first buffer of a body holds.
    private static let first = 128 << 10

    @Test(
        "everything that was received of a body is kept, however much that is",
        arguments: [1, first - 1, first, first + 1, LargeChunks.capacity, 3 * LargeChunks.capacity]
    )
    func append(count: Int) {
        let frame = Frame.patterned(count)
        for present in [0, 1, count / 2, count - 1, count] {
            var body = BodyInProgress(count: count, hasMore: false)
            frame.withUnsafeBytes { bytes in
                body.append(UnsafeRawBufferPointer(rebasing: bytes[..<present]))
                while body.received < count {
                    let room = body.room()
                    let step = min(room.count, count - body.received)
                    #expect(step > 0)
                    room.copyMemory(from: .init(rebasing: bytes[body.received...].prefix(step)))
                    body.noteReceived(step)
                }
                let stored = UnsafeRawBufferPointer(start: body.storage.base, count: count)
                #expect(areEqual(stored, bytes))
            }
        }
    }

    @Test("little is allocated on an announcement, and no more than twice what came of a large one")
    func growth() {
        var body = BodyInProgress(count: 1 << 30, hasMore: false)
        #expect(body.room().count == Self.first)
        while body.received < 64 << 20 {
            let room = body.room()
            #expect(room.count <= max(body.received, 7 * Self.first))
            body.noteReceived(room.count)
        }
    }

    @Test(
        "a stream of short messages and long ones arrives whole",
        arguments: 0..<4 as Range<UInt64>
    )
    func mixed(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let rig = ReadingRig()
        for _ in 0..<4 {
            // So many that chunks are large, and the long body begins behind a full one.
            let short = Int.random(in: 0...60, using: &generator)
            var frames = (0..<short).map { Frame.patterned(30_000, seed: $0) }
            let long = Int.random(in: 32_768...3 * LargeChunks.capacity, using: &generator)
            frames.append(Frame.patterned(long, seed: short))
            rig.pass(frames)
        }
    }
}

/// The reading half of a connection whose kernel has everything at once.
private final class ReadingRig: CommandHandler {
    private let stream = WireStream(highWaterMark: 0, readerRetains: false)
    private let channel = FullChannel()
    private var flow: InboundFlow

    init() {
        flow = InboundFlow(stream: stream, traffic: TrafficCounters())
        let walker = InboundWalker(
            writer: stream.writer,
            policy: InboundPolicy(.pull),
            limits: SocketOptions().protocolLimits
        )
        flow.connect(channel, walker, at: nil, sealed: nil)
    }

    /// Has the peer send these messages of one frame each, and expects them to come out.
    func pass(_ frames: [Frame]) {
        channel.bytes = frames.reduce(into: []) { $0 += Message($1).wireBytes }
        channel.position = 0
        while case .moreToDo = flow.read(self, hasHungUp: false) {}
        for frame in frames {
            let message = take()
            #expect(message.map { areEqual($0.wireBytes, Message(frame).wireBytes[...]) } == true)
        }
        #expect(take() == nil)
    }

    private func take() -> Message? {
        stream.reader.pointee.hasMessage() ? stream.reader.pointee.takeMessage() : nil
    }

    func answer(_ command: UnsafeRawBufferPointer) -> ProtocolError? { nil }
    func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool) {}
    func hasRoomForSubscription() -> Bool { true }
    func passedOver(_ messages: Int) {}
}

/// Fills every buffer as long as there are bytes. Used by one thread.
private final class FullChannel: StreamChannel, @unchecked Sendable {
    var bytes: [UInt8] = []
    var position = 0

    let descriptor: Int32 = -1
    let isSelfConnected = false

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        let count = min(buffer.count, bytes.count - position)
        guard count > 0 else { return .wouldBlock }
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position...].prefix(count)))
        }
        position += count
        return .processed(count)
    }

    func receive(
        into first: UnsafeMutableRawBufferPointer,
        then second: UnsafeMutableRawBufferPointer
    ) -> IOResult {
        guard case .processed(let count) = receive(into: first) else { return .wouldBlock }
        guard count == first.count, case .processed(let more) = receive(into: second) else {
            return .processed(count)
        }
        return .processed(count + more)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> IOResult { .processed(bytes.count) }
    func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult { .wouldBlock }
    func finishConnect() -> SystemError? { nil }
    func close() {}
}
