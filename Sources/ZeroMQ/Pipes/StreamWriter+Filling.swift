internal import Synchronization

/// Receiving into a stream: how a session writes.
///
/// Bytes come from the kernel straight into the chunk, behind the cursor; the session then walks
/// the frame headers, keeps data frames (moving the cursor over them), takes command frames out,
/// and publishes the messages that are whole.
///
///     chunk  | published | walked | received, not walked | free |
///                                 ▲ cursor               ▲ filled
extension StreamWriter {
    /// Room for bytes from the kernel, at least `minimum` of them.
    mutating func receiveBuffer(minimum: Int) -> UnsafeMutableRawBufferPointer {
        if limit - filled < minimum { moveTail(roomFor: minimum) }
        return UnsafeMutableRawBufferPointer(from: filled, to: limit)
    }

    /// The kernel has put so many bytes behind the cursor.
    mutating func received(_ count: Int) {
        advanceFilled(by: count)
        guard filled == limit, let chunk else { return }
        // It takes as good as a whole chunk at once to begin with large ones; to go on with them,
        // the rest of one that was filled is enough.
        let much = chunk.pointee.isLarge ? Chunk.largest / 2 : Chunk.largest / 8 * 7
        if count >= much { receivesMuch = true }
    }

    /// So many bytes have been written behind `filled`.
    @inline(__always)
    mutating func advanceFilled(by count: Int) {
        precondition(count >= 0 && count <= limit - filled, "a chunk has been overfilled")
        filled += count
    }

    /// Says whether whole messages are kept back. See `StreamShared.heldBack`.
    func setHeldBack(_ isHeldBack: Bool) {
        shared.pointee.heldBack.store(isHeldBack, ordering: .sequentiallyConsistent)
    }

    /// Whether whole messages are kept back, as the producer said last.
    var isHeldBack: Bool { shared.pointee.heldBack.load(ordering: .relaxed) }

    /// How large the current chunk is; 0 if there is none.
    var chunkCapacity: Int { chunk?.pointee.capacity ?? 0 }

    /// How many bytes have been received and not been walked over.
    var unwalked: Int { filled - cursor }

    /// Starts a new chunk and takes along what has been received but not walked over.
    private mutating func moveTail(roomFor count: Int) {
        let tail = UnsafeRawBufferPointer(start: cursor, count: unwalked)
        // The old chunk is sealed at the cursor, but it stays alive at least until it is read.
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

    /// Room for messages, with a look at the consumer only if little is known to be left.
    mutating func currentRoom() -> Int {
        room > highWaterMark / 2 ? room : refreshRoom()
    }

    /// Keeps `count` bytes that stand at `source`, at or behind the cursor, as part of the stream.
    @inline(__always)
    mutating func keep(_ source: UnsafeMutableRawPointer, count: Int) {
        if source != cursor { cursor.copyMemory(from: source, byteCount: count) }
        cursor += count
    }

    /// Everything up to `read` has been kept or taken out: what follows moves up to the cursor.
    mutating func closeGap(upTo read: UnsafeMutableRawPointer) {
        let rest = filled - read
        precondition(rest >= 0 && cursor <= read, "more was walked over than was received")
        if read != cursor, rest > 0 { cursor.copyMemory(from: read, byteCount: rest) }
        filled = cursor + rest
    }

    /// Notes that a whole message ends at the cursor: `publishMarked` will publish up to here.
    @inline(__always)
    mutating func markMessageEnd() {
        markChunk = chunk
        markCursor = cursor
    }

    /// Publishes everything up to the mark as `count` more messages. True if the consumer sleeps.
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
