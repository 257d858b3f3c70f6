internal import Synchronization

/// Receiving into a stream: how a session writes.
///
/// The kernel writes bytes straight into the chunk, behind the cursor. The session then parses the
/// frame headers, keeps data frames by moving the cursor over them, takes command frames out, and
/// publishes the messages that are whole.
///
///     chunk  | published | walked | received, not walked | free |
///                                 ▲ cursor               ▲ filled
extension StreamWriter {
    /// Room for bytes from the kernel, at least `minimum` of them.
    mutating func receiveBuffer(minimum: Int) -> UnsafeMutableRawBufferPointer {
        if limit - filled < minimum { moveTail(roomFor: minimum) }
        return UnsafeMutableRawBufferPointer(from: filled, to: limit)
    }

    /// The kernel has written `count` bytes behind `filled`.
    mutating func received(_ count: Int) {
        advanceFilled(by: count)
        guard filled == limit, let chunk else { return }
        // A read that fills nearly a whole ordinary chunk at once makes the next chunk a large one.
        // In a large chunk, a read of 64 KiB that reaches its end suffices for another.
        let much = chunk.pointee.isLarge ? Chunk.largest / 2 : Chunk.largest / 8 * 7
        if count >= much { receivesMuch = true }
    }

    /// `count` bytes have been written behind `filled`.
    @inline(__always)
    mutating func advanceFilled(by count: Int) {
        precondition(count >= 0 && count <= limit - filled, "a chunk has been overfilled")
        filled += count
    }

    /// Records whether whole messages are held back. See `StreamShared.heldBack`.
    func setHeldBack(_ isHeldBack: Bool) {
        shared.pointee.heldBack.store(isHeldBack, ordering: .sequentiallyConsistent)
    }

    /// Whether whole messages are held back, as recorded last.
    var isHeldBack: Bool { shared.pointee.heldBack.load(ordering: .relaxed) }

    /// The size of the current chunk; 0 if there is none.
    var chunkCapacity: Int { chunk?.pointee.capacity ?? 0 }

    /// The number of bytes that were received and not parsed yet.
    var unwalked: Int { filled - cursor }

    /// Starts a new chunk, and copies unparsed bytes to it.
    private mutating func moveTail(roomFor count: Int) {
        let tail = UnsafeRawBufferPointer(start: cursor, count: unwalked)
        // The old chunk is sealed at the cursor, but stays allocated at least until it has been
        // read.
        let keeper = chunk
        grow(tail.count + count)
        guard tail.count > 0, keeper != nil else { return }
        UnsafeMutableRawBufferPointer(from: cursor, to: limit).fill(from: tail)
        filled = cursor + tail.count
    }

    /// Appends bytes that were received elsewhere.
    mutating func fill(copying bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        receiveBuffer(minimum: bytes.count).fill(from: bytes)
        filled += bytes.count
    }

    /// Room for messages; reads the consumer's count only if little room is known to be left.
    mutating func currentRoom() -> Int {
        room > highWaterMark / 2 ? room : refreshRoom()
    }

    /// Keeps `count` bytes at `source`, which is at or behind the cursor, as part of the stream.
    @inline(__always)
    mutating func keep(_ source: UnsafeMutableRawPointer, count: Int) {
        if source != cursor { cursor.copyMemory(from: source, byteCount: count) }
        cursor += count
    }

    /// All bytes up to `read` were kept or taken out: moves the following ones up to the cursor.
    mutating func closeGap(upTo read: UnsafeMutableRawPointer) {
        let rest = filled - read
        precondition(rest >= 0 && cursor <= read, "more was walked over than was received")
        if read != cursor, rest > 0 { cursor.copyMemory(from: read, byteCount: rest) }
        filled = cursor + rest
    }

    /// Notes that a whole message ends at the cursor: `publishMarked` publishes up to here.
    @inline(__always)
    mutating func markMessageEnd() {
        markChunk = chunk
        markCursor = cursor
    }

    /// Publishes everything up to the mark as `count` more messages. Returns true if the consumer
    /// sleeps.
    mutating func publishMarked(messages count: Int) -> Bool {
        guard let markChunk else { return false }
        let position =
            markChunk.pointee.start
            &+ UInt64(truncatingIfNeeded: markCursor - Chunk.bytes(markChunk))
        linkReferences(upTo: position)
        sent &+= UInt64(truncatingIfNeeded: count)
        let word = PublishedWord.pack(bytes: position, messages: sent)
        return announce(word)
    }

    /// Links the bodies of whole messages; those of a message still arriving stay unpublished.
    private mutating func linkReferences(upTo position: UInt64) {
        var last: BodyReference.Pointer?
        var node = unpublished
        while let current = node, current.pointee.position <= position {
            last = current
            node = BodyReference.following(current)
        }
        guard let last else { return }
        let rest = (node, unpublishedTail)
        last.pointee.next.store(0, ordering: .relaxed)
        unpublishedTail = last
        linkReferences()
        if let first = rest.0 { (unpublished, unpublishedTail) = (first, rest.1) }
    }
}
