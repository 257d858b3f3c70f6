import Testing

@testable import ZeroMQ

/// Watches bodies without keeping them.
private struct Watch {
    private struct Entry {
        weak var storage: FrameStorage?
    }

    private var entries: [Entry] = []

    var living: Int { entries.count { $0.storage != nil } }

    /// Makes a frame that travels beside the stream, and remembers its body.
    mutating func largeFrame() -> Frame {
        let frame = Frame.patterned(40_000, seed: entries.count)
        if case .shared(let storage, _, _) = frame.body { entries.append(Entry(storage: storage)) }
        return frame
    }
}

@Suite("Large bodies are released exactly once")
struct BodyLifetimeTests {
    private func fill(_ rig: PipeRig, _ watch: inout Watch, count: Int = 5) {
        for _ in 0..<count { rig.send([watch.largeFrame(), "small", watch.largeFrame()]) }
    }

    @Test("when the receiver drops the message")
    func received() {
        var watch = Watch()
        let rig = PipeRig()
        fill(rig, &watch)
        #expect(watch.living == 10)
        for taken in 1...5 {
            _ = rig.receive()
            #expect(watch.living == 10 - 2 * taken)
        }
    }

    @Test("when the kernel has taken the whole message")
    func written() {
        var watch = Watch()
        let rig = PipeRig(retains: true)
        fill(rig, &watch)
        _ = rig.write(atMost: 45_000)
        #expect(watch.living == 10)
        _ = rig.writeAll()
        #expect(watch.living == 0)
    }

    @Test("when the message is rolled back")
    func rolledBack() {
        var watch = Watch()
        let rig = PipeRig(chunk: 64)
        rig.send("first")
        rig.writer.pointee.begin()
        for _ in 0..<8 { rig.writer.pointee.append(watch.largeFrame(), flags: 1) }
        #expect(watch.living == 8)
        rig.writer.pointee.rollback()
        #expect(watch.living == 0)
    }

    @Test("when the stream goes, wherever it stands", arguments: [false, true], 0..<7)
    func discarded(retains: Bool, step: Int) {
        var watch = Watch()
        do {
            let rig = PipeRig(retains: retains, chunk: 64)
            fill(rig, &watch)
            rig.writer.pointee.begin()
            rig.writer.pointee.append(watch.largeFrame(), flags: 1)
            #expect(watch.living == 11)
            if retains {
                _ = rig.write(atMost: step * 11_111)
                if step.isMultiple(of: 2) { rig.reader.pointee.rewind() }
            } else {
                for _ in 0..<min(step, 5) { _ = rig.receive() }
            }
        }
        #expect(watch.living == 0)
    }

    @Test("when the connection breaks again and again")
    func rewound() {
        var watch = Watch()
        let rig = PipeRig(retains: true, chunk: 64)
        fill(rig, &watch)
        for size in [0, 1, 10, 40_000, 40_009, 40_020, 80_025, 80_040] {
            _ = rig.write(atMost: size)
            rig.reader.pointee.rewind()
            #expect(watch.living == 2 * rig.stream.unacknowledged)
        }
        _ = rig.writeAll()
        #expect(watch.living == 0)
    }
}
