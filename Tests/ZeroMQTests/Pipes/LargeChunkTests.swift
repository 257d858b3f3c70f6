import Testing

@testable import ZeroMQ

@Suite("Chunks for receiving much at a time", .tags(.memory))
struct LargeChunkTests {
    @Test("chunks are large while the kernel has more than fits, and ordinary again after that")
    func flood() {
        let rig = PipeRig()
        var capacities: [Int] = []
        for _ in 0..<8 {
            capacities.append(rig.receiveAll())
            #expect(rig.receive() != nil)
        }
        let large = LargeChunks.capacity
        #expect(capacities == [2048, 8192, 32_768, Chunk.largest, large, large, large, large])
        // The last of them was filled at once; this one is, little by little.
        for _ in 0..<(large / 1024) {
            #expect(rig.receiveSome(1024) == large)
            #expect(rig.receive() != nil)
        }
        #expect(rig.receiveSome(1024) == Chunk.largest)
    }

    @Test("a small room that is filled says nothing")
    func tail() {
        let rig = PipeRig(chunk: Chunk.largest)
        for _ in 0..<6 {
            #expect(rig.receiveSome(19_999) == Chunk.largest)
        }
        // What is left of the chunk, which is little.
        #expect(rig.receiveAll() == Chunk.largest)
        #expect(rig.receiveAll() == Chunk.largest)
    }

    @Test("there are only so many at a time")
    func limit() {
        let chunks = LargeChunks(most: 2)
        #expect([chunks.admit(), chunks.admit(), chunks.admit()] == [true, true, false])
        chunks.dismiss()
        #expect([chunks.admit(), chunks.admit()] == [true, false])
    }

    @Test("whoever has gone, or needs none any more, leaves them to others")
    func givenBack() {
        for _ in 0..<1000 {
            let rig = PipeRig(chunk: Chunk.largest)
            for _ in 0..<3 {
                _ = rig.receiveAll()
                #expect(rig.receive() != nil)
            }
            #expect(rig.writer.pointee.chunkCapacity == LargeChunks.capacity)
        }
    }
}

extension PipeRig {
    /// Has the kernel fill all the room there is, with one message; how large the chunk is.
    fileprivate func receiveAll() -> Int {
        let room = writer.pointee.receiveBuffer(minimum: 1024)
        return receiveSome(room.count)
    }

    /// Has the kernel deliver a message of so many bytes in the form of the wire.
    fileprivate func receiveSome(_ count: Int) -> Int {
        let room = writer.pointee.receiveBuffer(minimum: count)
        guard let base = room.baseAddress else { return 0 }
        room.copyBytes(from: [2] + withUnsafeBytes(of: UInt64(count - 9).bigEndian) { Array($0) })
        writer.pointee.received(count)
        writer.pointee.keep(base, count: count)
        writer.pointee.markMessageEnd()
        _ = writer.pointee.publishMarked(messages: 1)
        return writer.pointee.chunkCapacity
    }
}
