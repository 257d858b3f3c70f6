internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What leaves an encrypted connection: frames sealed into one buffer, and that handed on.
///
/// Nonces must reach the peer in the order in which they were used, so nothing is sealed before
/// everything sealed earlier has left. The stream counts a frame as written when the kernel has
/// taken the last byte of its box; what was sealed and not sent is sealed again, under new keys,
/// for the next connection. Belongs to whoever has the writing half.
final class SealedOutput {
    private var sender: CurveSender
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var start = 0
    private var end = 0
    /// For each frame of the stream in the buffer: where its box ends, and its length in clear.
    private var frames: [(end: Int, clear: Int)] = []
    private var framesSent = 0
    /// Bytes sent since the last rest.
    private var sentOfLate = 0

    /// About what is sealed before it is sent: enough for the kernel, and it stays in the cache.
    private static let batch = 256 << 10
    /// What an idle connection may keep.
    private static let smallest = 4096
    private static let mostVectors = 64

    init(_ sender: CurveSender) {
        self.sender = sender
    }

    deinit { memory.deallocate() }

    var isEmpty: Bool { start == end }

    /// The nonces are used up. At a thousand million messages a second that takes 584 years.
    var isExhausted: Bool { sender.isExhausted }

    /// What is to be sent next.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }

    /// The kernel took so many bytes; returns how much of the stream has been written by that.
    func sent(_ count: Int) -> Int {
        start += count
        sentOfLate += count
        var clear = 0
        while framesSent < frames.count, frames[framesSent].end <= start {
            clear += frames[framesSent].clear
            framesSent += 1
        }
        if start == end { reset() }
        return clear
    }

    private func reset() {
        (start, end, framesSent) = (0, 0, 0)
        frames.removeAll(keepingCapacity: memory.count <= Self.batch * 2)
        // A body of many megabytes does not keep its buffer for ever.
        if memory.count > Self.batch * 4 { release() }
    }

    /// Gives the memory of a burst back when nothing is left to send, and little was of late.
    func rest() {
        defer { sentOfLate = 0 }
        if isEmpty, memory.count > Self.smallest, sentOfLate < Self.smallest { release() }
    }

    private func release() {
        frames = []
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private func reserve(_ count: Int) {
        guard memory.count - end < count else { return }
        let capacity = max(end + count, memory.count * 4, Self.smallest)
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<end]))
        memory.deallocate()
        memory = larger
    }

    // MARK: Sealing

    /// Seals frames that do not come from the stream.
    func add(control frames: [UInt8]) {
        frames.withUnsafeBytes { bytes in
            guard var next = bytes.baseAddress else { return }
            let limit = next + bytes.count
            while case .header(let flags, let header, let count) = FrameHeader.parse(
                next,
                available: limit - next
            ), !isExhausted {
                seal(UnsafeRawBufferPointer(start: next + header, count: count), flags: flags)
                next += header + count
            }
        }
    }

    /// Seals what the stream has, as much as makes a batch. The stream is not moved on.
    func fill(from reader: StreamReader.Pointer) {
        withUnsafeTemporaryAllocation(of: IOVector.self, capacity: Self.mostVectors) { vectors in
            let count = reader.pointee.gather(into: vectors, limit: Self.batch)
            var index = 0
            while index < count, end < Self.batch {
                let vector = vectors[index]
                index += 1
                let body = index < count ? vectors[index] : nil
                if sealFrames(in: vector, bodyBeside: body) { index += 1 }
            }
        }
    }

    /// Seals the frames of one run of bytes. True if the body after it was the last one's.
    private func sealFrames(in run: IOVector, bodyBeside: IOVector?) -> Bool {
        guard var next = run.base else { return false }
        let limit = next + run.count
        while end < Self.batch, !isExhausted,
            case .header(let flags, let header, let count) =
                FrameHeader.parse(next, available: limit - next)
        {
            let body = next + header
            let isBeside = body == limit && count > 0
            if isBeside, bodyBeside?.count != count { return false }
            let start = isBeside ? bodyBeside?.base : body
            seal(UnsafeRawBufferPointer(start: start, count: count), flags: flags)
            frames.append((end, header + count))
            if isBeside { return true }
            next = body + count
        }
        return false
    }

    private func seal(_ body: UnsafeRawBufferPointer, flags: UInt8) {
        let size = CurveSender.frameSize(forBody: body.count)
        reserve(size)
        guard let base = memory.baseAddress else { return }
        sender.seal(body, flags: FrameFlags(rawValue: flags), to: base + end)
        end += size
    }
}
