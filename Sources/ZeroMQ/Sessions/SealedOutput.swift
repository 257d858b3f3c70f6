internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The outgoing bytes of an encrypted connection: frames are sealed into a buffer and sent from it.
///
/// Nonces must reach the peer in the order in which they were used, so nothing is sealed before
/// everything sealed earlier has been sent. The stream counts a frame as written when the kernel
/// has taken the last byte of its box. Frames that were sealed and not sent are sealed again, with
/// new keys, for the next connection. Used only by the holder of the writing half.
final class SealedOutput {
    private var sender: CurveSender
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var start = 0
    private var end = 0
    /// For each frame of the stream in the buffer: where its box ends, and its length in clear.
    private var frames: [(end: Int, clear: Int)] = []
    private var framesSent = 0
    /// Bytes sent since `rest` was last called.
    private var sentOfLate = 0

    /// About how many bytes are sealed before they are sent: enough for the kernel, and still
    /// cached.
    private static let batch = 256 << 10
    /// The most memory that an idle connection keeps.
    private static let smallest = 4096
    private static let mostVectors = 64

    init(_ sender: CurveSender) {
        self.sender = sender
    }

    deinit { memory.deallocate() }

    var isEmpty: Bool { start == end }

    /// Whether the nonces are used up. At a billion messages a second that takes 584 years.
    var isExhausted: Bool { sender.isExhausted }

    /// The bytes to send next.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }

    /// The kernel took `count` bytes. Returns how many bytes of the stream that completes.
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
        // The large buffer that a long body needed is freed.
        if memory.count > Self.batch * 4 { release() }
    }

    /// Frees the memory of a burst when nothing is left to send and little was sent recently.
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

    /// Seals a batch of what the stream holds. Does not advance the stream.
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

    /// Seals the frames of one run of bytes. Returns true if the last frame's body is `bodyBeside`.
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
