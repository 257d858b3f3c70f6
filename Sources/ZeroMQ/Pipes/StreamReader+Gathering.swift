internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Handing runs of bytes to the kernel: how a session reads.
///
/// The session asks for vectors, writes them, and reports how many bytes were written. Bytes are
/// not parsed. Messages are acknowledged at points where their number is known: the end of a run,
/// the first boundary of a chunk, or a body that ends its message. Everything behind the last such
/// point is kept (`safe`). After a broken connection, `rewind` searches it for the first message
/// that the kernel has not taken whole.
extension StreamReader {
    /// The progress of a gathered write: in the stream, or inside a body beside it.
    private struct Place {
        var chunk: Chunk.Pointer
        var cursor: UnsafeMutableRawPointer
        var reference: BodyReference.Pointer?
    }

    /// Finds bytes to gather. Returns false if the stream is exhausted.
    mutating func hasBytes() -> Bool {
        if currentBody() != nil { return true }
        if cursor != segmentEnd { return true }
        return nextSegment() || (acquire() && nextSegment())
    }

    /// Whether a body at the current position has not been written whole.
    var hasBodyLeft: Bool { currentBody() != nil }

    /// The body at the current position, if one belongs here and its message is published.
    private func currentBody() -> BodyReference.Pointer? {
        guard chunk != nil else { return nil }
        return reference(at: position)
    }

    /// Fills `vectors` with the next bytes to write, about `limit` at most.
    mutating func gather(into vectors: UnsafeMutableBufferPointer<IOVector>, limit: Int) -> Int {
        guard hasBytes(), let chunk else { return 0 }
        var used = 0
        var total = 0
        func add(_ base: UnsafeRawPointer, _ count: Int) {
            guard count > 0 else { return }
            vectors[used] = IOVector(base: base, count: count)
            used += 1
            total += count
        }

        var place = Place(chunk: chunk, cursor: cursor, reference: followingReference())
        var offset = bodyOffset
        while used + 2 <= vectors.count, total < limit {
            let start = place.chunk.pointee.start
            let here = start &+ UInt64(truncatingIfNeeded: place.cursor - Chunk.bytes(place.chunk))
            let end = min(place.chunk.pointee.end.load(ordering: .relaxed), runEnd)
            if let node = place.reference, node.pointee.position == here {
                add(node.pointee.base + offset, node.pointee.count - offset)
                offset = 0
                place.reference = BodyReference.following(node)
                continue
            }
            guard here != end else {
                guard here != runEnd, let next = Chunk.following(place.chunk) else { break }
                place = Place(
                    chunk: next,
                    cursor: Chunk.bytes(next),
                    reference: place.reference
                )
                continue
            }
            let stop = place.reference.map { min($0.pointee.position, end) } ?? end
            add(place.cursor, Int(truncatingIfNeeded: stop &- here))
            place.cursor = Chunk.byte(place.chunk, at: stop)
        }
        return used
    }

    /// Notes that the kernel took `count` of the gathered bytes.
    mutating func advance(by count: Int) {
        var remaining = count
        while remaining > 0 {
            if let node = currentBody() {
                let step = min(remaining, node.pointee.count - bodyOffset)
                remaining -= step
                bodyOffset += step
                if bodyOffset == node.pointee.count { finishBody(node) }
                continue
            }
            if cursor == segmentEnd, !nextSegment() {
                preconditionFailure("more bytes were written than had been gathered")
            }
            remaining -= advanceInSegment(by: remaining)
        }
        noteSafePoint()
    }

    /// Advances to the end of the segment or to the next body, whichever comes first.
    private mutating func advanceInSegment(by count: Int) -> Int {
        var step = min(count, segmentEnd - cursor)
        if let node = followingReference() {
            let distance = node.pointee.position &- position
            if distance < UInt64(truncatingIfNeeded: step) {
                step = Int(truncatingIfNeeded: distance)
            }
        }
        cursor += step
        return step
    }

    private mutating func finishBody(_ node: BodyReference.Pointer) {
        bodyOffset = 0
        passedReference = node
        if node.pointee.messagesThrough != 0 {
            setSafePoint(messages: node.pointee.messagesThrough)
        }
    }

    // MARK: Safe points

    private mutating func noteSafePoint() {
        guard let chunk, bodyOffset == 0 else { return }
        let position = position
        if position == runEnd {
            // If a body belongs right here, the run is not finished.
            if currentBody() == nil, safe.position != position || safe.messages != runMessages {
                setSafePoint(messages: runMessages)
            }
            return
        }
        let boundary = chunk.pointee.boundary.load(ordering: .relaxed)
        guard boundary != Boundary.none else { return }
        let place = chunk.pointee.start &+ Boundary.offset(boundary)
        guard place > safe.position, place <= position else { return }
        // A body that belongs right here may end the previous message, and it is not written yet.
        guard place < position || currentBody() == nil else { return }
        let behind = Boundary.messages(boundary) &- UInt32(truncatingIfNeeded: safe.messages)
        moveSafePoint(to: place, chunk: chunk, messages: safe.messages &+ UInt64(behind))
    }

    private mutating func setSafePoint(messages: UInt64) {
        moveSafePoint(to: position, chunk: chunk, messages: messages)
    }

    /// Frees everything before the new safe point and acknowledges its messages.
    private mutating func moveSafePoint(
        to position: UInt64,
        chunk: Chunk.Pointer?,
        messages: UInt64
    ) {
        freeReferences(before: position)
        freeChunks(upTo: chunk)
        safe.position = position
        safe.messages = messages
        consumed = messages
        if consumed != acknowledged { acknowledgeAll() }
    }

    private mutating func freeChunks(upTo chunk: Chunk.Pointer?) {
        var current = safe.chunk
        while let old = current, old != chunk {
            current = Chunk.following(old)
            recycle(old)
        }
        safe.chunk = chunk
    }

    /// Releases the bodies before `position`, which were written.
    private mutating func freeReferences(before position: UInt64) {
        var last = safe.passedReference
        while last != passedReference {
            let next = last.map { BodyReference.following($0) } ?? firstReference
            guard let node = next, node.pointee.position <= position else { break }
            node.pointee.storage.release()
            if let last { BodyReference.free(last) }
            last = node
        }
        safe.passedReference = last
    }

    /// Goes back to the first message that was not taken whole.
    mutating func rewind() {
        guard chunk != nil else { return }
        let reached = (position: position, bodyOffset: bodyOffset, reference: passedReference)
        cursorToSafePoint()
        guard hasPassedSafePoint(reached.position, reached.reference) else { return }
        var start = (position: safe.position, chunk: chunk, reference: passedReference)
        var messages = safe.messages
        while skipMessage(notPast: reached.position, body: reached.reference) {
            messages &+= 1
            start = (position, chunk, passedReference)
        }
        chunk = start.chunk
        passedReference = start.reference
        bodyOffset = 0
        if let chunk { cursor = Chunk.byte(chunk, at: start.position) }
        setSegmentEnd()
        moveSafePoint(to: start.position, chunk: chunk, messages: messages)
    }

    private mutating func cursorToSafePoint() {
        chunk = safe.chunk
        passedReference = safe.passedReference
        bodyOffset = 0
        if chunk == nil {
            let word = shared.pointee.firstChunk.load(ordering: .relaxed)
            chunk = Chunk.Pointer(bitPattern: word)
            safe.chunk = chunk
        }
        if let chunk { cursor = Chunk.byte(chunk, at: safe.position) }
        setSegmentEnd()
    }

    private func hasPassedSafePoint(
        _ position: UInt64,
        _ reference: BodyReference.Pointer?
    ) -> Bool {
        position != safe.position || reference != safe.passedReference
    }

    /// Steps over one message if all of it was written. If it returns false, the position is
    /// undefined.
    private mutating func skipMessage(
        notPast reached: UInt64,
        body: BodyReference.Pointer?
    ) -> Bool {
        var hasMore = true
        while hasMore {
            guard position < reached else { return false }
            if cursor == segmentEnd, !nextSegment() { return false }
            let count: Int
            (hasMore, count) = stepOverHeader()
            guard position <= reached else { return false }
            if count > Self.largestCertainlyInStream, let node = reference(at: position) {
                // The body was written whole if the writer had advanced past it.
                guard wasPassed(node, upTo: body, reached: reached) else { return false }
                passedReference = node
            } else {
                cursor += count
                guard position <= reached else { return false }
            }
        }
        return true
    }

    private func wasPassed(
        _ node: BodyReference.Pointer,
        upTo last: BodyReference.Pointer?,
        reached: UInt64
    ) -> Bool {
        node == last || node.pointee.position < reached
    }
}
