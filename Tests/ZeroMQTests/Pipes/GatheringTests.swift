import Testing

@testable import ZeroMQ

@Suite("What a connection writes, however much it takes at a time", .tags(.memory))
struct GatheringTests {
    @Test("byte by byte", arguments: [64, 100, 300, 2048])
    func singly(chunk: Int) {
        let mixed = MixedStream(seed: 1, count: 60, chunk: chunk)
        let rig = mixed.makeRig()
        var written: [UInt8] = []
        while written.count < mixed.bytes.count {
            let more = rig.write(atMost: 1)
            #expect(more.count == 1)
            if more.isEmpty { break }
            written += more
        }
        #expect(written == mixed.bytes)
        #expect(rig.stream.unacknowledged == 0)
    }

    @Test("in random pieces", arguments: 0..<200)
    func randomly(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let chunk = Int.random(in: 64...700, using: &random)
        let mixed = MixedStream(seed: seed, count: 40, chunk: chunk)
        let rig = mixed.makeRig()
        var written: [UInt8] = []
        while written.count < mixed.bytes.count {
            let more = rig.write(atMost: Int.random(in: 1...6000, using: &random))
            if more.isEmpty { break }
            written += more
        }
        #expect(written == mixed.bytes, "seed \(seed)")
        #expect(rig.stream.unacknowledged == 0)
    }

    @Test("while more is being sent", arguments: 0..<50)
    func interleaved(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rig = PipeRig(retains: true, chunk: 64)
        var expected: [UInt8] = []
        var written: [UInt8] = []
        for number in 0..<300 {
            let size = [0, 3, 40, 260, 34_000].randomElement(using: &random) ?? 0
            let message: Message = [Frame("\(number)"), .patterned(size)]
            rig.send(message)
            expected += message.wireBytes
            written += rig.write(atMost: Int.random(in: 1...9000, using: &random))
        }
        written += rig.writeAll()
        #expect(written == expected, "seed \(seed)")
    }
}

@Suite("After a connection broke", .tags(.memory))
struct RewindTests {
    @Test(
        "writing resumes at the first message not taken whole, for a break at every byte",
        arguments: [64, 101, 300, 2048]
    )
    func everyByte(chunk: Int) {
        for seed in UInt64(1)...2 {
            let mixed = MixedStream(seed: seed, count: 6, chunk: chunk)
            for offset in 0...mixed.bytes.count {
                let rig = mixed.makeRig()
                var taken = 0
                while taken < offset {
                    taken += rig.write(atMost: offset - taken).count
                }
                rig.reader.pointee.rewind()
                guard check(rig, mixed, offset) else {
                    Issue.record("seed \(seed), break at byte \(offset)")
                    return
                }
            }
        }
    }

    private func check(_ rig: PipeRig, _ mixed: MixedStream, _ offset: Int) -> Bool {
        let left = mixed.messages.count - mixed.wholeMessages(before: offset)
        guard rig.stream.unacknowledged == left else { return false }
        return areEqual(rig.writeAll(), mixed.bytes[mixed.resumption(after: offset)...])
    }

    @Test("however often it breaks and in whatever pieces it wrote", arguments: 0..<300)
    func repeatedly(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let chunk = Int.random(in: 64...700, using: &random)
        let mixed = MixedStream(seed: seed, count: 30, chunk: chunk)
        let rig = mixed.makeRig()
        var position = 0
        for _ in 0..<20 {
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let wanted = Int.random(in: 1...600, using: &random)
                let written = rig.write(atMost: wanted)
                let end = min(position + written.count, mixed.bytes.count)
                #expect(areEqual(written, mixed.bytes[position..<end]), "seed \(seed)")
                position += written.count
            }
            rig.reader.pointee.rewind()
            position = mixed.resumption(after: position)
            let left = mixed.messages.count - mixed.wholeMessages(before: position)
            #expect(rig.stream.unacknowledged == left, "seed \(seed)")
        }
        #expect(areEqual(rig.writeAll(), mixed.bytes[position...]), "seed \(seed)")
        #expect(rig.stream.unacknowledged == 0)
    }
}
