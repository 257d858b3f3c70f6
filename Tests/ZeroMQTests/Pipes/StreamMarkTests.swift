import Testing

@testable import ZeroMQ

@Suite("High-water marks are exact", .tags(.threads))
struct StreamMarkTests {
    @Test("as many messages fit as the mark says", arguments: [1, 2, 3, 1000])
    func exact(mark: Int) {
        let rig = PipeRig(mark: mark)
        for round in 0..<3 {
            for number in 0..<mark { #expect(rig.send(Message("\(round) \(number)"))) }
            #expect(!rig.send("surplus"))
            #expect(rig.stream.unacknowledged == mark)
            for number in 0..<mark { #expect(rig.receive() == Message("\(round) \(number)")) }
            #expect(rig.receive() == nil)
            #expect(rig.stream.unacknowledged == 0)
        }
    }

    @Test("parts do not count, messages do")
    func parts() {
        let rig = PipeRig(mark: 2)
        let message = Message(frames: (0..<50).map { Frame("part \($0)") })
        #expect(rig.send(message))
        #expect(rig.send(message))
        #expect(!rig.send(message))
    }

    @Test("a full stream has room again after at most half the mark", arguments: [1, 2, 3, 1000])
    func batches(mark: Int) {
        let rig = PipeRig(mark: mark)
        while rig.send("x") {}
        for _ in 0..<max(1, mark / 2) { _ = rig.receive() }
        #expect(rig.send("fits"))
    }

    @Test("an unlimited stream takes a hundred thousand messages")
    func unlimited() {
        let rig = PipeRig(mark: 0)
        for number in 0..<100_000 { #expect(rig.send(Message("\(number)"))) }
        #expect(rig.stream.unacknowledged == 100_000)
        for number in 0..<100_000 { #expect(rig.receive() == Message("\(number)")) }
    }

    @Test("a connection acknowledges whole messages only", arguments: [1, 2, 3, 1000])
    func written(mark: Int) {
        let rig = PipeRig(mark: mark, retains: true)
        let message: Message = ["head", .patterned(300)]
        let size = message.wireBytes.count
        while rig.send(message) {}
        var written = 0
        while rig.stream.unacknowledged > 0 {
            written += rig.write(atMost: 1).count
            #expect(mark - rig.stream.unacknowledged <= written / size)
        }
        #expect(written == mark * size)
        #expect(rig.send(message))
    }
}
