internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What arrives on an encrypted connection: boxes, received into a buffer and opened from there.
///
/// What comes out is put into the inbound stream in the form it would have had in clear, and the
/// walker goes over it as over any other. A frame counts as received when its box has opened.
/// Belongs to whoever has the reading half.
final class SealedInput {
    private var receiver: CurveReceiver
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// What was received and not opened yet.
    private var start = 0
    private var end = 0
    /// Bytes that the frame at `start` still lacks, at least 1.
    private var lacking = 1
    /// Bytes received since the last rest.
    private var receivedOfLate = 0

    private static let smallest = 4096
    private static let largest = 524_288
    /// How many times the bytes received may be allocated for one frame: few copies while they
    /// are few, and from `steady` on as much again, so that little is held on a promise.
    private static let growth = 8
    private static let steady = 1 << 20
    /// What is opened before it is walked over.
    private static let batch = 65536

    /// Bytes that are allocated.
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

    /// Receives once; also says how much room there was.
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

    /// Room behind what is there; a buffer that was filled to its end is made larger.
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

    /// Gives the memory of a burst back when nothing is waiting, and little has come of late.
    ///
    /// A burst pauses often, and memory that is new each time costs more than it saves.
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

    /// Opens what is whole, up to a batch or a long body, and puts it behind what the walker has
    /// seen. False if there was nothing whole.
    func open(
        into writer: StreamWriter.Pointer,
        _ walker: InboundWalker
    ) throws(ProtocolError) -> Bool {
        var opened = 0
        lacking = 1
        while opened < Self.batch, let base = memory.baseAddress {
            // What was opened before a bad frame is delivered before the error is raised.
            do throws(ProtocolError) {
                let available = end - start
                switch FrameHeader.parse(base + start, available: available) {
                case .incomplete:
                    return opened > 0
                case .oversized:
                    throw ProtocolError(.limitExceeded(.frame))
                case .header(_, let header, let count):
                    // Judged on the header, before the rest is waited for.
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

    /// Opens one frame. True if it has storage of its own, after which the walker has to walk.
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
        // The flags come out where the header's last byte will be.
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
        // What may be a command or a subscription, or is stepped over, has to be where the walker
        // goes.
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
