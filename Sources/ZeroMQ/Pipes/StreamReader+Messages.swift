internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Taking whole messages: how a socket reads.
extension StreamReader {
    /// Bodies up to this size are always in the stream, never beside it.
    static let largestCertainlyInStream = 4095

    /// Whether a message is ready to be taken.
    @inline(__always)
    mutating func hasMessage() -> Bool { cursor != segmentEnd || moreToRead() }

    /// Takes the next message. Call only after `hasMessage` returned true.
    @inline(__always)
    mutating func takeMessage() -> Message {
        let base = UnsafeRawPointer(cursor)
        let flags = base.load(as: UInt8.self)
        let count = base.load(fromByteOffset: 1, as: UInt8.self)
        guard flags == 0, count <= UInt8(InlineBytes.capacity) else { return nextLargeMessage() }
        cursor += 2 + Int(count)
        noteConsumed()
        return Message(body: .inline(InlineBytes(loading: base + 2, count: count)))
    }

    /// Takes the next message into one that is no longer needed, reusing its memory. Call only
    /// after `hasMessage` returned true.
    @inline(__always)
    mutating func takeMessage(into message: inout Message) {
        let base = UnsafeRawPointer(cursor)
        let flags = base.load(as: UInt8.self)
        let count = base.load(fromByteOffset: 1, as: UInt8.self)
        guard flags == 0 else { return takeLongMessage(into: &message) }
        cursor += 2 + Int(count)
        noteConsumed()
        if count <= UInt8(InlineBytes.capacity) {
            message.body = .inline(InlineBytes(loading: base + 2, count: count))
        } else {
            message.refill(copying: base + 2, count: Int(count))
        }
    }

    /// The same for a frame with a long size, or for several frames.
    @inline(never)
    private mutating func takeLongMessage(into message: inout Message) {
        if cursor.load(as: UInt8.self) & FrameFlags.more.rawValue != 0 {
            var frames = FrameRefill(of: &message)
            takeRemainingFrames(into: &frames)
            message = frames.finish()
            return
        }
        let (_, count) = stepOverHeader()
        if count > Self.largestCertainlyInStream, let node = reference(at: position) {
            message = Message(pass(node))
        } else {
            message.refill(copying: cursor, count: count)
            cursor += count
        }
        noteConsumed()
    }

    /// Takes the remaining frames of the current message, and counts it as consumed.
    mutating func takeRemainingFrames(into frames: inout FrameRefill) {
        while takeFrame(into: &frames) {
            guard cursor != segmentEnd || moreToRead() else {
                preconditionFailure("a stream ends in the middle of a published message")
            }
        }
        noteConsumed()
    }

    /// Takes one frame of a segment that is not exhausted. Returns whether its message has more
    /// frames.
    private mutating func takeFrame(into frames: inout FrameRefill) -> Bool {
        let (hasMore, count) = stepOverHeader()
        if count > Self.largestCertainlyInStream, let node = reference(at: position) {
            frames.add(pass(node))
        } else {
            frames.add(copying: cursor, count: count)
            cursor += count
        }
        return hasMore
    }

    /// Steps over the header at the cursor. The frame is published, so its header is whole.
    @inline(__always)
    mutating func stepOverHeader() -> (hasMore: Bool, count: Int) {
        guard
            case .header(let flags, let headerSize, let count) = FrameHeader.parse(
                cursor,
                available: segmentEnd - cursor
            )
        else { preconditionFailure("a published frame has no whole header") }
        cursor += headerSize
        return (flags & FrameFlags.more.rawValue != 0, count)
    }

    /// Counts a consumed message; acknowledges a batch when it is full.
    @inline(__always)
    mutating func noteConsumed() {
        consumed &+= 1
        if consumed >= nextAcknowledgement { acknowledgeBatch() }
    }

    /// Moves to the next unread bytes. Returns false if there are none.
    @inline(never)
    mutating func moreToRead() -> Bool {
        nextSegment() || (acquire() && nextSegment())
    }

    @inline(never)
    private mutating func nextLargeMessage() -> Message {
        let (first, hasMore) = nextFrame()
        guard hasMore else {
            noteConsumed()
            return Message(first)
        }
        var frames = [first]
        appendRemainingFrames(to: &frames)
        return Message(frames: frames)
    }

    /// Takes the remaining frames of the current message, and counts it as consumed.
    mutating func appendRemainingFrames(to frames: inout [Frame]) {
        var hasMore = true
        while hasMore {
            guard cursor != segmentEnd || moreToRead() else {
                preconditionFailure("a stream ends in the middle of a published message")
            }
            let next = nextFrame()
            frames.append(next.frame)
            hasMore = next.hasMore
        }
        noteConsumed()
    }

    /// Takes one frame of a segment that is not exhausted.
    mutating func nextFrame() -> (frame: Frame, hasMore: Bool) {
        let (hasMore, count) = stepOverHeader()
        if count > Self.largestCertainlyInStream, let node = reference(at: position) {
            return (pass(node), hasMore)
        }
        let frame = Frame(copying: cursor, count: count)
        cursor += count
        return (frame, hasMore)
    }

    /// Takes a body that lies beside the stream.
    private mutating func pass(_ node: BodyReference.Pointer) -> Frame {
        let storage = node.pointee.storage.takeRetainedValue()
        let offset = node.pointee.base - UnsafeRawPointer(storage.base)
        let frame = Frame(body: .shared(storage, offset: offset, count: node.pointee.count))
        if let passed = passedReference { BodyReference.free(passed) }
        passedReference = node
        return frame
    }
}
