internal import ZeroMQProtocol

/// Consecutive whole messages of a stream that lie in one piece of memory.
struct WireRun {
    var messages = 0
    /// The size of the messages, headers included.
    var length = 0
    /// The size of the bodies alone.
    var bodyBytes = 0

    static func += (left: inout WireRun, right: WireRun) {
        left.messages += right.messages
        left.length += right.length
        left.bodyBytes += right.bodyBytes
    }
}

/// Moves messages from stream to stream without parsing their bodies.
extension StreamReader {
    /// The messages that may be moved next: at most `messages`, and after the first no more than
    /// `bytes` bytes. Empty if the next message lies in several pieces, or has a body beside the
    /// stream.
    func upcomingRun(messages: Int, bytes: Int) -> WireRun {
        let base = UnsafeRawPointer(cursor)
        let available = segmentEnd - cursor
        let bodyPosition = followingReference()?.pointee.position
        let bodyOffset = bodyPosition.map { Int(truncatingIfNeeded: $0 &- position) }
        var (run, reached) = (WireRun(), WireRun())
        while run.messages < messages, reached.length < available {
            guard
                case .header(let flags, let headerSize, let count) = FrameHeader.parse(
                    base + reached.length,
                    available: available - reached.length
                )
            else { preconditionFailure("a published frame has no whole header") }
            reached.length += headerSize
            if reached.length == bodyOffset { break }
            reached.length += count
            reached.bodyBytes += count
            if flags & FrameFlags.more.rawValue != 0 { continue }
            if reached.length > bytes, run.messages > 0 { break }
            reached.messages += 1
            run = reached
        }
        return run
    }

    /// Steps over a run and counts its messages as taken.
    mutating func skip(_ run: WireRun) {
        cursor += run.length
        consumed &+= UInt64(truncatingIfNeeded: run.messages)
        if consumed >= nextAcknowledgement { acknowledgeBatch() }
    }
}

extension StreamWriter {
    /// How many bytes fit into the current chunk.
    var roomInChunk: Int { limit - cursor }

    /// Appends the run at `base` and publishes it. Returns true if the consumer sleeps.
    mutating func publish(_ run: WireRun, copying base: UnsafeRawPointer) -> Bool {
        begin()
        if roomInChunk < run.length { grow(run.length) }
        cursor.copyShort(from: base, count: run.length)
        cursor += run.length
        return publish(messages: UInt64(truncatingIfNeeded: run.messages))
    }
}
