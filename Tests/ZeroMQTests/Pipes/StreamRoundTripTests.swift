import Testing

@testable import ZeroMQ

@Suite("Streams carry messages", .tags(.memory))
struct StreamRoundTripTests {
    /// Sizes on both sides of every limit: inline, short header, own storage, by reference, chunk.
    static let sizes = [
        0, 1, 29, 30, 31, 32, 63, 64, 254, 255, 256, 257, 2035, 2047, 2048, 4095, 4096, 8191,
        16384, 32767, 32768, 32769, 65535, 65536, 65537, 200_000,
    ]

    @Test("a frame of every size class arrives as it was sent", arguments: sizes)
    func roundTrip(size: Int) {
        let rig = PipeRig()
        let message = Message(.patterned(size))
        for _ in 0..<3 {
            #expect(rig.send(message))
            #expect(rig.receive() == message)
        }
        #expect(rig.receive() == nil)
        #expect(rig.stream.unacknowledged == 0)
    }

    @Test("messages of all sizes queue up and arrive in order", arguments: [64, 300, 2048, 65536])
    func queued(chunk: Int) {
        let rig = PipeRig(chunk: chunk)
        let messages = Self.sizes.map { Message(.patterned($0, seed: $0)) }
        for message in messages { #expect(rig.send(message)) }
        for message in messages { #expect(rig.receive() == message) }
        #expect(rig.receive() == nil)
    }

    @Test("the bytes on the way out are those of the wire", arguments: sizes)
    func wireForm(size: Int) {
        let rig = PipeRig(retains: true)
        let message: Message = [.patterned(size), "", .patterned(size, seed: 7)]
        rig.send(message)
        #expect(rig.writeAll() == message.wireBytes)
        #expect(rig.stream.unacknowledged == 0)
    }

    @Test("a message whose parts lie in many chunks stays whole", arguments: [64, 100, 1024])
    func multipart(chunk: Int) {
        let rig = PipeRig(chunk: chunk)
        let message = Message(frames: Self.sizes.map { Frame.patterned($0, seed: $0) })
        for _ in 0..<3 {
            rig.send("before")
            rig.send(message)
            rig.send("after")
        }
        for _ in 0..<3 {
            #expect(rig.receive() == "before")
            #expect(rig.receive() == message)
            #expect(rig.receive() == "after")
        }
        #expect(rig.receive() == nil)
    }

    @Test("a message without frames arrives as one empty frame")
    func noFrames() {
        let rig = PipeRig()
        rig.send(Message(frames: []))
        #expect(rig.receive() == "")
    }

    @Test("chunks are used again and the stream goes on for ever")
    func longRun() {
        let rig = PipeRig(mark: 4, chunk: 64)
        for number in 0..<20_000 {
            #expect(rig.send(Message("number \(number)")))
            #expect(rig.receive() == Message("number \(number)"))
        }
    }
}
