import Testing

@testable import ZeroMQ

@Suite("A message that was rolled back was never there", .tags(.memory))
struct StreamRollbackTests {
    private func begin(_ rig: PipeRig, _ frames: [Frame]) {
        rig.writer.pointee.begin()
        for frame in frames { rig.writer.pointee.append(frame, flags: 1) }
    }

    static let abandoned: [[Frame]] = [
        [],
        ["part"],
        [.patterned(200)],
        [.patterned(40_000)],
        ["part", .patterned(40_000), .patterned(500), .patterned(50_000), "part"],
        (0..<50).map { Frame.patterned($0 * 7) },
    ]

    @Test("before anything was published", arguments: abandoned)
    func first(frames: [Frame]) {
        let rig = PipeRig(chunk: 64)
        for _ in 0..<3 {
            begin(rig, frames)
            rig.writer.pointee.rollback()
            #expect(rig.receive() == nil)
        }
        rig.send("kept")
        #expect(rig.receive() == "kept")
        #expect(rig.receive() == nil)
    }

    @Test("between published messages, read or unread", arguments: abandoned, [false, true])
    func between(frames: [Frame], isReadAtOnce: Bool) {
        let rig = PipeRig(chunk: 64)
        var expected: [Message] = []
        for number in 0..<40 {
            let message = Message(.patterned(number % 33, seed: number))
            rig.send(message)
            expected.append(message)
            if isReadAtOnce { #expect(rig.receive() == expected.removeFirst()) }
            begin(rig, frames)
            rig.writer.pointee.rollback()
        }
        for message in expected { #expect(rig.receive() == message) }
        #expect(rig.receive() == nil)
    }

    @Test("and what a connection writes shows no trace of it", arguments: abandoned)
    func onTheWire(frames: [Frame]) {
        let rig = PipeRig(retains: true, chunk: 64)
        var expected: [UInt8] = []
        for number in 0..<40 {
            begin(rig, frames)
            rig.writer.pointee.rollback()
            let message: Message = [.patterned(number, seed: number), "end"]
            rig.send(message)
            expected += message.wireBytes
        }
        #expect(rig.writeAll() == expected)
        #expect(rig.stream.unacknowledged == 0)
    }
}
