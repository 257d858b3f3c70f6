internal import ZeroMQProtocol

/// Whole messages that lie one after another in a stream, in one piece of memory.
struct WireRun {
    var messages = 0
    /// Bytes of the messages, headers included.
    var length = 0
    /// Bytes of the bodies alone.
    var bodyBytes = 0

    static func += (left: inout WireRun, right: WireRun) {
        left.messages += right.messages
        left.length += right.length
        left.bodyBytes += right.bodyBytes
    }
}

/// Moving messages from stream to stream without taking them apart.
extension StreamReader {
    /// What may be moved next: at most so many messages, and after the first no more than so many
    /// bytes. Empty if the next message lies in several pieces, or has a body beside the stream.
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

    /// Steps over a run, which counts as taken.
    mutating func skip(_ run: WireRun) {
        cursor += run.length
        consumed &+= UInt64(truncatingIfNeeded: run.messages)
        if consumed >= nextAcknowledgement { acknowledgeBatch() }
    }
}

extension StreamWriter {
    /// How many bytes fit before the next chunk.
    var roomInChunk: Int { limit - cursor }

    /// Appends a run that lies at `base`, and publishes it. True if the consumer sleeps.
    mutating func publish(_ run: WireRun, copying base: UnsafeRawPointer) -> Bool {
        begin()
        if roomInChunk < run.length { grow(run.length) }
        cursor.copyShort(from: base, count: run.length)
        cursor += run.length
        return publish(messages: UInt64(truncatingIfNeeded: run.messages))
    }
}
