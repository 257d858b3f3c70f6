internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The incoming bytes of an encrypted connection: boxes are received into a buffer and opened from
/// it.
///
/// Opened frames go into the inbound stream in the form they would have in clear, and the walker
/// parses them as usual. A frame counts as received when its box has been opened. Used only by the
/// holder of the reading half.
final class SealedInput {
    private var receiver: CurveReceiver
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// The part of the buffer that was received and not opened yet.
    private var start = 0
    private var end = 0
    /// Bytes that the frame at `start` still lacks, at least 1.
    private var lacking = 1
    /// Bytes received since `rest` was last called.
    private var receivedOfLate = 0

    private static let smallest = 4096
    private static let largest = 524_288
    /// Up to `steady`, allocates this many times the bytes received of a frame, which saves copies.
    /// Above, it allocates as much again, so that little memory is held on a promise.
    private static let growth = 8
    private static let steady = 1 << 20
    /// How many bytes are opened before they are parsed.
    private static let batch = 65536

    /// The number of bytes allocated.
    var capacity: Int { memory.count }

    init(_ receiver: CurveReceiver) {
        self.receiver = receiver
    }

    deinit { memory.deallocate() }

    // MARK: Receiving

    /// Takes bytes that were received together with the end of the handshake.
    func append(_ bytes: UnsafeRawBufferPointer) {
        makeRoom(atLeast: bytes.count).fill(from: bytes)
        end += bytes.count
    }

    /// Receives once. Also returns how much room was offered.
    func receive(_ channel: any StreamChannel) -> (IOResult, Int) {
        let present = end - start
        let target = max(Self.smallest, present, min(present * Self.growth, Self.steady))
        let room = makeRoom(atLeast: min(lacking, target))
        let result = channel.receive(into: room)
        switch result {
        case .processed(let count):
            precondition(count <= room.count, "more was received than there was room for")
            end += count
            receivedOfLate += count
        case .wouldBlock, .endOfStream, .failed: rest()
        }
        return (result, room.count)
    }

    /// Returns room behind the unopened bytes. A buffer that was filled to its end is enlarged.
    private func makeRoom(atLeast count: Int) -> UnsafeMutableRawBufferPointer {
        let isFull = end == memory.count
        if start == end { (start, end) = (0, 0) }
        let present = end - start
        if isFull || memory.count - end < max(count, memory.count / 4) {
            let wanted = isFull ? min(memory.count * 4, Self.largest) : 0
            let capacity = max(present + count, wanted, Self.smallest)
            if capacity > memory.count { return enlarge(to: capacity, present) }
            move(to: memory, present)
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[end...])
    }

    private func enlarge(to capacity: Int, _ present: Int) -> UnsafeMutableRawBufferPointer {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        let old = memory
        move(to: larger, present)
        memory = larger
        old.deallocate()
        return UnsafeMutableRawBufferPointer(rebasing: memory[end...])
    }

    private func move(to target: UnsafeMutableRawBufferPointer, _ present: Int) {
        if present > 0, let from = memory.baseAddress, let to = target.baseAddress {
            to.copyMemory(from: from + start, byteCount: present)
        }
        (start, end) = (0, present)
    }

    /// Frees the memory of a burst when nothing is unopened and little was received recently.
    ///
    /// A burst pauses often, and allocating new memory after each pause costs more than it saves.
    func rest() {
        defer { receivedOfLate = 0 }
        guard start == end, memory.count > Self.smallest, receivedOfLate < Self.smallest else {
            return
        }
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        (start, end) = (0, 0)
    }

    // MARK: Opening

    /// Opens whole boxes, up to a batch or one long body, and puts their frames behind those that
    /// the walker has seen. Returns false if no box was whole.
    func open(
        into writer: StreamWriter.Pointer,
        _ walker: InboundWalker
    ) throws(ProtocolError) -> Bool {
        var opened = 0
        lacking = 1
        while opened < Self.batch, let base = memory.baseAddress {
            // Frames opened before a bad one are delivered before the error is thrown.
            do throws(ProtocolError) {
                let available = end - start
                switch FrameHeader.parse(base + start, available: available) {
                case .incomplete:
                    return opened > 0
                case .oversized:
                    throw ProtocolError(.limitExceeded(.frame))
                case .header(_, let header, let count):
                    // Checked as soon as the header is there, before the rest has arrived.
                    try walker.check(sealed: count - CurveSender.overhead)
                    guard available >= header + count else {
                        lacking = header + count - available
                        return opened > 0
                    }
                    let body = UnsafeRawBufferPointer(start: base + start + header, count: count)
                    let isLong = try open(body, writer, walker)
                    start += header + count
                    opened += count
                    if isLong { return true }
                }
            } catch {
                guard opened == 0 else { return true }
                throw error
            }
        }
        return opened > 0
    }

    /// Opens one frame. Returns true if it has its own storage; the walker then has to run first.
    private func open(
        _ outer: UnsafeRawBufferPointer,
        _ writer: StreamWriter.Pointer,
        _ walker: InboundWalker
    ) throws(ProtocolError) -> Bool {
        let count = max(0, outer.count - CurveSender.overhead)
        let header = FrameHeader.size(forBody: count)
        guard count < InboundWalker.smallestOwnStorage else {
            return try openLong(outer, count, writer, walker)
        }
        let room = writer.pointee.receiveBuffer(minimum: header + count)
        guard let target = room.baseAddress else { return false }
        // The flags are written where the last byte of the header will be.
        let flags = try receiver.open(outer, to: target + (header - 1))
        FrameHeader.write(flags: flags.rawValue, body: count, to: target)
        writer.pointee.advanceFilled(by: header + count)
        return false
    }

    private func openLong(
        _ outer: UnsafeRawBufferPointer,
        _ count: Int,
        _ writer: StreamWriter.Pointer,
        _ walker: InboundWalker
    ) throws(ProtocolError) -> Bool {
        let offset = 64
        let storage = FrameStorage.allocate(offset + count)
        let flags = try receiver.open(outer, to: storage.base + (offset - 1))
        // A possible command or subscription, or a frame to be skipped, goes into the stream, where
        // the walker finds it.
        guard !flags.contains(.command), !walker.policy.takesSubscriptions,
            walker.policy.deliversMessages
        else {
            let header = FrameHeader.size(forBody: count)
            let room = writer.pointee.receiveBuffer(minimum: header + count)
            guard let target = room.baseAddress else { return false }
            FrameHeader.write(flags: flags.rawValue, body: count, to: target)
            UnsafeMutableRawBufferPointer(rebasing: room[header...]).fill(
                from: UnsafeRawBufferPointer(start: storage.base + offset, count: count)
            )
            writer.pointee.advanceFilled(by: header + count)
            return true
        }
        walker.expect(BodyInProgress(whole: storage, offset: offset, count: count, flags: flags))
        let header = FrameHeader.size(forBody: count)
        let room = writer.pointee.receiveBuffer(minimum: header)
        guard let target = room.baseAddress else { return false }
        FrameHeader.write(flags: flags.rawValue, body: count, to: target)
        writer.pointee.advanceFilled(by: header)
        return true
    }
}
