import Testing

@testable import ZeroMQ

@Suite("Messages for many streams", .tags(.memory))
struct StreamFanOutTests {
    /// Writes a message in the way that publishing chooses for it.
    private func deliver(_ message: Message, to rig: PipeRig) {
        switch message.body {
        case .inline(let bytes):
            rig.writer.pointee.deliver(ShortFrame(bytes))
        case .shared(let storage, let offset, let count)
        where count < StreamWriter.smallestReference:
            let base = UnsafeRawPointer(storage.base) + offset
            rig.writer.pointee.deliver(copying: base, count: count)
        case .shared, .frames, .described:
            rig.writer.pointee.deliver(message)
        }
    }

    private func messages(_ seed: UInt64) -> [Message] {
        var dice = SeededGenerator(seed: seed)
        var messages = StreamRoundTripTests.sizes.map { Message(.patterned($0)) }
        for number in 0..<400 {
            let size = Int.random(in: 0..<(number % 40 == 0 ? 20_000 : 60), using: &dice)
            messages.append(Message(.patterned(size, seed: number)))
            guard number % 7 == 0 else { continue }
            messages.append([.patterned(size, seed: number), "more", .patterned(300)])
        }
        return messages.shuffled(using: &dice)
    }

    @Test(
        "they arrive as they were sent, among others",
        arguments: [nil, 64, 100, 4096],
        0..<3 as Range<UInt64>
    )
    func roundTrip(chunk: Int?, seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let rig = PipeRig(chunk: chunk)
        var sent: [Message] = []
        for message in messages(seed) {
            if Int.random(in: 0..<4, using: &dice) == 0 {
                rig.send(message)
            } else {
                deliver(message, to: rig)
            }
            sent.append(message)
            guard Int.random(in: 0..<5, using: &dice) == 0 else { continue }
            for message in sent { #expect(rig.receive() == message, "seed \(seed)") }
            sent = []
        }
        for message in sent { #expect(rig.receive() == message, "seed \(seed)") }
        #expect(rig.receive() == nil)
        #expect(rig.stream.unacknowledged == 0)
    }

    @Test("they have the form of the wire", arguments: [nil, 64], 0..<3 as Range<UInt64>)
    func wire(chunk: Int?, seed: UInt64) {
        let rig = PipeRig(retains: true, chunk: chunk)
        var bytes: [UInt8] = []
        for message in messages(seed) {
            deliver(message, to: rig)
            bytes += message.wireBytes
        }
        #expect(areEqual(rig.writeAll(), bytes[...]), "seed \(seed)")
    }

    @Test("a consumer that sleeps is found once")
    func waking() {
        let rig = PipeRig()
        let mustWake = { StreamWriter.mustWakeConsumer(at: rig.writer.pointee.shared) }
        deliver("first", to: rig)
        #expect(!mustWake())
        #expect(rig.receive() == "first" && rig.receive() == nil)
        // It has been told to sleep by looking in vain.
        deliver("second", to: rig)
        #expect(mustWake())
        #expect(!mustWake())
    }
}
