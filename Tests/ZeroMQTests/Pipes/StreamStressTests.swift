import Testing
import ZeroMQReactor

@testable import ZeroMQ

/// One end of a stream that really sleeps until it is woken.
private final class Sleeper: StreamProducer, StreamConsumer {
    private let parker = ThreadParker()
    private let clock = SystemClock()

    func streamBecameReadable() { parker.unpark() }
    func streamGainedRoom() { parker.unpark() }
    func streamOffersThread() {}
    func streamRanDry() {}

    /// False if nobody woke it for far longer than any machine needs: a lost wake-up.
    func sleep() -> Bool { parker.park(until: clock.now + .seconds(20)) }
}

@Suite("Two threads at the two ends of a stream", .tags(.threads))
struct StreamStressTests {
    struct Setting: CustomTestStringConvertible, Sendable {
        let mark: Int
        let chunk: Int
        let isWritten: Bool

        var testDescription: String {
            "mark \(mark), chunks of \(chunk), \(isWritten ? "written" : "received")"
        }
    }

    static let settings = [1, 2, 3, 100].flatMap { mark in
        [64, 2048].flatMap { chunk in
            [false, true].map { Setting(mark: mark, chunk: chunk, isWritten: $0) }
        }
    }

    /// Each of them costs two changes of thread where the mark is low.
    private static let messages = 4_000

    private static func message(_ number: Int, _ random: inout SeededGenerator) -> Message {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: [Frame("\(number)"), .patterned(300, seed: number), ""]
        case 1: [Frame("\(number)"), .patterned(32_768, seed: number)]
        case 2: Message(.patterned(700, seed: number))
        default: Message("\(number)")
        }
    }

    @Test("lose nothing, keep the order and always wake each other", arguments: settings)
    func stress(setting: Setting) throws {
        let (producer, consumer) = (Sleeper(), Sleeper())
        let stream = WireStream(
            highWaterMark: setting.mark,
            readerRetains: setting.isWritten
        )
        (stream.producer, stream.consumer) = (producer, consumer)
        stream.useChunks(of: setting.chunk)
        let isStuck = Locked(false)
        let thread = try SystemThread.start(name: "producer") {
            var random = SeededGenerator(seed: 99)
            for number in 0..<Self.messages {
                guard Self.produce(Self.message(number, &random), stream, producer) else {
                    return isStuck.withLock { $0 = true }
                }
            }
        }
        if setting.isWritten {
            try Self.consumeBytes(stream, consumer)
        } else {
            try Self.consumeMessages(stream, consumer)
        }
        #expect(thread.join(until: SystemClock().now + .seconds(30)))
        #expect(isStuck.withLock { !$0 })
        #expect(stream.unacknowledged == 0)
    }

    private static func produce(
        _ message: Message,
        _ stream: WireStream,
        _ sleeper: Sleeper
    ) -> Bool {
        let writer = stream.writer
        while !writer.pointee.hasRoom() {
            guard writer.pointee.waitForRoom() else { continue }
            guard sleeper.sleep() else { return false }
        }
        writer.pointee.begin()
        writer.pointee.append(message)
        if writer.pointee.publish() { stream.wakeConsumer() }
        return true
    }

    private static func consumeMessages(_ stream: WireStream, _ sleeper: Sleeper) throws {
        var random = SeededGenerator(seed: 99)
        for number in 0..<messages {
            while !stream.reader.pointee.hasMessage() {
                try fallAsleep(stream, sleeper)
            }
            let message = stream.reader.pointee.takeMessage()
            stream.wakeProducerIfNeeded()
            try #require(message == Self.message(number, &random))
        }
        _ = stream.reader.pointee.sleep()
        stream.wakeProducerIfNeeded()
    }

    private static func consumeBytes(_ stream: WireStream, _ sleeper: Sleeper) throws {
        var (random, pieces) = (SeededGenerator(seed: 99), SeededGenerator(seed: 7))
        var received: [UInt8] = []
        for number in 0..<messages {
            let expected = Self.message(number, &random).wireBytes
            while received.count < expected.count {
                let more = stream.write(atMost: Int.random(in: 1...5000, using: &pieces))
                stream.wakeProducerIfNeeded()
                received += more
                if more.isEmpty { try fallAsleep(stream, sleeper) }
            }
            try #require(received.starts(with: expected))
            received.removeFirst(expected.count)
        }
        #expect(received.isEmpty)
    }

    private static func fallAsleep(_ stream: WireStream, _ sleeper: Sleeper) throws {
        guard stream.reader.pointee.sleep() else { return }
        stream.wakeProducerIfNeeded()
        try #require(sleeper.sleep(), "a wake-up was lost")
    }
}
