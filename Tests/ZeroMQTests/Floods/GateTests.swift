import Synchronization
import Testing
import ZeroMQProtocol
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("What a gate and a walk leave to others", .tags(.threads))
struct GateTests {
    /// A gate and what it guards.
    private final class Held: @unchecked Sendable {
        // Sendable because `inside` is guarded by the gate, which is for any thread.
        let gate = Gate()
        let entries = Atomic(0)
        var inside = 0
    }

    @Test("whoever is inside for long lets in those who wait", arguments: [1, 4])
    func handingOver(threads: Int) throws {
        let held = Held()
        let workers = try (0..<threads).map { _ in
            try Worker {
                for _ in 0..<1000 {
                    held.gate.enter()
                    held.inside += 1
                    #expect(held.inside == 1)
                    held.inside -= 1
                    held.entries.wrappingAdd(1, ordering: .relaxed)
                    _ = held.gate.leave()
                }
            }
        }
        // It never leaves but to let others in.
        held.gate.enter()
        let end = SystemClock().now + enough
        while held.entries.load(ordering: .relaxed) < 1000 * threads, SystemClock().now < end {
            held.inside += 1
            #expect(held.inside == 1)
            held.inside -= 1
            held.gate.letOthersIn()
        }
        #expect(held.entries.load(ordering: .relaxed) == 1000 * threads)
        _ = held.gate.leave()
        for worker in workers { try worker.value() }
    }

    @Test("several who let others in do not wait for each other for good")
    func manyHolders() throws {
        let held = Held()
        let workers = try (0..<4).map { _ in
            try Worker {
                for _ in 0..<2000 {
                    held.gate.enter()
                    held.inside += 1
                    for _ in 0..<3 {
                        #expect(held.inside == 1)
                        held.inside -= 1
                        held.gate.letOthersIn()
                        held.inside += 1
                    }
                    held.inside -= 1
                    _ = held.gate.leave()
                }
            }
        }
        for worker in workers { try worker.value() }
    }

    private final class Answering: CommandHandler {
        var count = 0
        func answer(_ command: UnsafeRawBufferPointer) -> ProtocolError? {
            count += 1
            return nil
        }
        func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool) { count += 1 }
        func hasRoomForSubscription() -> Bool { true }
        func passedOver(_ messages: Int) {}
    }

    @Test(
        "one walk hands over so many commands, and leaves the rest to the next",
        arguments: [true, false]
    )
    func commands(areSubscriptions: Bool) {
        let stream = WireStream(highWaterMark: 1000, readerRetains: false)
        let walker = InboundWalker(
            writer: stream.writer,
            policy: InboundPolicy(.publisher),
            limits: ProtocolLimits()
        )
        let one = areSubscriptions ? Wire.frame([1, 65]) : Wire.ping()
        let many = Array(repeatElement(one, count: 1000).joined())
        many.withUnsafeBytes { stream.writer.pointee.fill(copying: $0) }
        let handler = Answering()
        var walks = 0
        while walker.walk(handler).needsLoop {
            walks += 1
            #expect(handler.count == walks * InboundWalker.mostCommands)
        }
        #expect(walks == 1000 / InboundWalker.mostCommands)
        #expect(handler.count == 1000)
    }
}
