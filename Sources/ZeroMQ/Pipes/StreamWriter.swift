internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The producing end of a stream: encodes frames into chunks and publishes whole messages.
///
/// Only the producer uses these fields: the application under the socket's send gate, or the holder
/// of a connection's reading half, which writes through `StreamWriter+Filling`.
struct StreamWriter: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<StreamWriter>

    let shared: StreamShared.Pointer
    /// Whether the consumer is able to fence for both sides.
    private let mayPublishByStore = AsymmetricFence.current.isAsymmetric
    /// The chunk is new, and no message has begun in it yet.
    var boundaryIsPending = true
    /// A large read has filled the chunk to its end: the next chunk should be a large one.
    var receivesMuch = false
    /// Where the next byte goes; and below, the end of the usable part of `chunk`.
    var cursor: UnsafeMutableRawPointer
    var limit: UnsafeMutableRawPointer
    var chunk: Chunk.Pointer?

    /// Messages published since the stream began; and below, how many the consumer was last known
    /// to have taken.
    var sent: UInt64 = 0
    var acknowledgedSeen: UInt64 = 0
    private var pauses = PauseBudget()
    /// The most messages that may be under way at a time.
    var highWaterMark: Int

    // Two halves of one word: a larger writer would take two pairs of cache lines.
    private var capacities = (next: Int32(Chunk.smallest), largest: Int32(Chunk.largest))

    /// Where the current message began, for `rollback`.
    var markChunk: Chunk.Pointer?
    var markCursor: UnsafeMutableRawPointer
    /// Bodies of the current message, which are linked to the queue when it is published.
    var unpublished: BodyReference.Pointer?
    var unpublishedTail: BodyReference.Pointer?
    /// The last body in the queue. The consumer frees a node only after it has passed it and seen
    /// its successor, so this one is still allocated.
    var referenceTail: BodyReference.Pointer?

    /// End of the bytes received but not yet examined; used by `StreamWriter+Filling` only.
    var filled: UnsafeMutableRawPointer

    init(shared: StreamShared.Pointer, highWaterMark: Int) {
        self.shared = shared
        let nowhere = UnsafeMutableRawPointer(shared)
        cursor = nowhere
        limit = nowhere
        markCursor = nowhere
        filled = nowhere
        self.highWaterMark = highWaterMark
    }

    /// The number of messages published since the stream began.
    var sentCount: Int { Int(truncatingIfNeeded: sent) }

    /// The stream position of `cursor`.
    var position: UInt64 {
        guard let chunk else { return 0 }
        return chunk.pointee.start &+ UInt64(truncatingIfNeeded: cursor - Chunk.bytes(chunk))
    }

    // MARK: Room

    /// Whether one more message fits under the high-water mark.
    @inline(__always)
    mutating func hasRoom() -> Bool {
        if Int(truncatingIfNeeded: sent &- acknowledgedSeen) < highWaterMark { return true }
        return refreshRoom() > 0
    }

    /// How many more messages fit, after reading what the consumer has acknowledged.
    @inline(never)
    mutating func refreshRoom() -> Int {
        acknowledgedSeen = shared.pointee.acknowledged.load(ordering: .sequentiallyConsistent) >> 1
        return room
    }

    var room: Int { highWaterMark - Int(truncatingIfNeeded: sent &- acknowledgedSeen) }

    /// In the middle of a burst, gives the consumer time to make room. Returns false if it made
    /// none.
    @inline(never)
    mutating func awaitRoom() -> Bool {
        while pauses.pause(after: sent) {
            if hasRoom() { return true }
        }
        return false
    }

    /// Asks to be woken when the consumer acknowledges messages. Returns false if it just has.
    mutating func waitForRoom() -> Bool {
        let full = acknowledgedSeen << 1
        let outcome = shared.pointee.acknowledged.compareExchange(
            expected: full,
            desired: full | 1,
            ordering: .acquiringAndReleasing
        )
        if outcome.exchanged { return true }
        acknowledgedSeen = outcome.original >> 1
        return outcome.original == full | 1
    }

    // MARK: Writing one message

    /// Begins a message: `append` its frames, then `publish` or `rollback`.
    @inline(__always)
    mutating func begin() {
        if boundaryIsPending { noteBoundary() }
        markChunk = chunk
        markCursor = cursor
    }

    @inline(never)
    private mutating func noteBoundary() {
        guard let chunk else { return }
        let offset = cursor - Chunk.bytes(chunk)
        chunk.pointee.boundary.store(
            Boundary.pack(offset: offset, messages: sent),
            ordering: .relaxed
        )
        boundaryIsPending = false
    }

    /// Appends a frame of at most `InlineBytes.capacity` bytes.
    @inline(__always)
    mutating func append(_ bytes: InlineBytes, flags: UInt8) {
        let count = Int(bytes.count)
        if limit - cursor < 2 + count { grow(2 + count) }
        cursor.storeBytes(of: flags, as: UInt8.self)
        cursor.storeBytes(of: bytes.count, toByteOffset: 1, as: UInt8.self)
        bytes.store(to: cursor + 2)
        cursor += 2 + count
    }

    /// Appends a frame by copying its bytes.
    @inline(__always)
    mutating func append(copying base: UnsafeRawPointer, count: Int, flags: UInt8) {
        let size = FrameHeader.size(forBody: count) + count
        if limit - cursor < size { grow(size) }
        cursor += FrameHeader.write(flags: flags, body: count, to: cursor)
        cursor.copyShort(from: base, count: count)
        cursor += count
    }

    /// Appends a frame's header and refers to the body where it is.
    mutating func append(
        referring storage: FrameStorage,
        base: UnsafeRawPointer,
        count: Int,
        flags: UInt8
    ) {
        let size = FrameHeader.size(forBody: count)
        if limit - cursor < size { grow(size) }
        cursor += FrameHeader.write(flags: flags, body: count, to: cursor)
        enqueue(storage, base: base, count: count, endsMessage: flags & 1 == 0)
    }

    /// Queues a body that belongs at the cursor; it is linked when its message is published.
    mutating func enqueue(
        _ storage: FrameStorage,
        base: UnsafeRawPointer,
        count: Int,
        endsMessage: Bool
    ) {
        let node = BodyReference.make(
            position: position,
            storage: storage,
            base: base,
            count: count,
            messagesThrough: endsMessage ? sent &+ 1 : 0
        )
        if let tail = unpublishedTail {
            tail.pointee.next.store(UInt(bitPattern: node), ordering: .relaxed)
        } else {
            unpublished = node
        }
        unpublishedTail = node
    }

    /// Whether the current message has filled a chunk, or has bodies beside the stream.
    @inline(__always)
    var hasMuchToWrite: Bool { unpublished != nil || chunk != markChunk }

    /// Publishes everything up to the cursor as one more message. Returns true if the consumer
    /// sleeps.
    @inline(__always)
    mutating func publish() -> Bool { publish(messages: 1) }

    /// The same for several messages.
    @inline(__always)
    mutating func publish(messages: UInt64) -> Bool {
        if unpublished != nil { linkReferences() }
        sent &+= messages
        let word = PublishedWord.pack(bytes: position, messages: sent)
        return announce(word)
    }

    /// Publishes, then checks whether the consumer sleeps: see `StreamShared`. Returns true if the
    /// caller has to wake it.
    @inline(__always)
    func announce(_ word: UInt64) -> Bool {
        if mayPublishByStore, shared.pointee.attention.load(ordering: .relaxed) == .busy {
            shared.pointee.published.store(word, ordering: .releasing)
            // Keeps the compiler from moving the next load up. The consumer's heavy fence does that
            // for the processor.
            atomicMemoryFence(ordering: .acquiringAndReleasing)
        } else {
            _ = shared.pointee.published.exchange(word, ordering: .sequentiallyConsistent)
        }
        guard shared.pointee.attention.load(ordering: .sequentiallyConsistent) == .asleep else {
            return false
        }
        let old = shared.pointee.attention.exchange(.awake, ordering: .acquiringAndReleasing)
        return old == .asleep
    }

    @inline(never)
    mutating func linkReferences() {
        guard let first = unpublished else { return }
        let link = UInt(bitPattern: first)
        if let tail = referenceTail {
            tail.pointee.next.store(link, ordering: .releasing)
        } else {
            shared.pointee.firstReference.store(link, ordering: .releasing)
        }
        referenceTail = unpublishedTail
        unpublished = nil
        unpublishedTail = nil
    }

    /// Discards everything written since `begin`.
    mutating func rollback() {
        dropUnpublishedReferences()
        guard markChunk != chunk else {
            // Discards unparsed bytes too: the next connection starts with none.
            (cursor, filled) = (markCursor, markCursor)
            return
        }
        if let mark = markChunk {
            Chunk.freeChain(Chunk.following(mark))
            mark.pointee.next.store(0, ordering: .relaxed)
            mark.pointee.end.store(.max, ordering: .relaxed)
            chunk = mark
            cursor = markCursor
            limit = Chunk.bytes(mark) + mark.pointee.capacity
        } else {
            // This is the first message of the stream: these chunks hold nothing that was
            // published.
            let first = Chunk.Pointer(
                bitPattern: shared.pointee.firstChunk.exchange(0, ordering: .relaxed)
            )
            Chunk.freeChain(first)
            chunk = nil
            cursor = UnsafeMutableRawPointer(shared)
            limit = cursor
        }
        filled = cursor
        boundaryIsPending = false
        if chunk == nil { boundaryIsPending = true }
    }

    private mutating func dropUnpublishedReferences() {
        var node = unpublished
        while let current = node {
            node = BodyReference.following(current)
            current.pointee.storage.release()
            BodyReference.free(current)
        }
        unpublished = nil
        unpublishedTail = nil
    }

    // MARK: Memory

    var nextCapacity: Int {
        get { Int(capacities.next) }
        set { capacities.next = Int32(clamping: newValue) }
    }

    /// The capacity at which chunks stop growing.
    var largestCapacity: Int {
        get { Int(capacities.largest) }
        set { capacities.largest = Int32(clamping: newValue) }
    }

    /// Seals the chunk and continues in a new one with room for at least `count` bytes.
    @inline(never)
    mutating func grow(_ count: Int) {
        let start = position
        let fresh = nextChunk(count, start: start)
        receivesMuch = false
        if let chunk {
            chunk.pointee.next.store(UInt(bitPattern: fresh), ordering: .relaxed)
            chunk.pointee.end.store(start, ordering: .relaxed)
        } else {
            shared.pointee.firstChunk.store(UInt(bitPattern: fresh), ordering: .relaxed)
        }
        let isFirstOfMessage = markChunk == chunk && markCursor == cursor
        chunk = fresh
        cursor = Chunk.bytes(fresh)
        limit = cursor + fresh.pointee.capacity
        filled = cursor
        boundaryIsPending = true
        if isFirstOfMessage { noteBoundary() }
    }

    /// A chunk that the consumer has finished, or a new one.
    private mutating func nextChunk(_ count: Int, start: UInt64) -> Chunk.Pointer {
        let spare = takeSpare(atLeast: count)
        if receivesMuch, spare?.pointee.isLarge != true, count <= LargeChunks.capacity,
            let large = Chunk.allocateLarge(start: start)
        {
            if let spare { Chunk.free(spare) }
            return large
        }
        if let spare { return Chunk.reused(spare, start: start) }
        return makeChunk(count, start: start)
    }

    private mutating func makeChunk(_ count: Int, start: UInt64) -> Chunk.Pointer {
        let capacity = max(count, nextCapacity)
        nextCapacity = min(nextCapacity * 4, largestCapacity)
        return Chunk.allocate(start: start, capacity: capacity)
    }

    private func takeSpare(atLeast count: Int) -> Chunk.Pointer? {
        let word = shared.pointee.spare.exchange(0, ordering: .acquiring)
        guard let chunk = Chunk.Pointer(bitPattern: word) else { return nil }
        let isFit = receivesMuch || !chunk.pointee.isLarge
        guard isFit, chunk.pointee.capacity >= max(count, nextCapacity / 2) else {
            Chunk.free(chunk)
            return nil
        }
        return chunk
    }

    /// Releases what only the producer refers to; the rest is in the consumer's chain.
    mutating func abandon() {
        dropUnpublishedReferences()
    }
}
