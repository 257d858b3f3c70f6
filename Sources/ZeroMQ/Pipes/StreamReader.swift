internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The consuming end of a stream: takes published runs, acknowledges messages, frees chunks.
///
/// Only the consumer uses these fields: the application under the socket's receive gate, or the
/// holder of a connection's writing half. Messages are taken in the files beside this one:
/// `StreamReader+Messages` for sockets, `StreamReader+Gathering` for sessions.
struct StreamReader: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<StreamReader>

    let shared: StreamShared.Pointer
    private let fence = AsymmetricFence.current
    /// This end has set `attention` to `busy`.
    private(set) var isBusy = false
    private var consumedAtSleep: UInt64 = 0
    /// The value of `published` at this end's last heavy fence.
    private var seenAtFence = UInt64.max
    /// The next byte to read; and below, the end of the readable bytes in `chunk`.
    var cursor: UnsafeMutableRawPointer
    var segmentEnd: UnsafeMutableRawPointer
    var chunk: Chunk.Pointer?

    /// The last value seen of `published`, and below, the positions it stands for.
    var seen: UInt64 = 0
    var runEnd: UInt64 = 0
    /// The number of messages published up to `runEnd`.
    var runMessages: UInt64 = 0

    /// Messages consumed; and below, messages acknowledged, and when to acknowledge again.
    var consumed: UInt64 = 0
    var acknowledged: UInt64 = 0
    var nextAcknowledgement: UInt64
    private var acknowledgeEvery: UInt64
    private var halfMark: UInt64
    private var consumedWhenDry: UInt64 = 0
    private var pauses = PauseBudget()
    /// The producer was found waiting for room: the thread that uses this end must wake it.
    var producerNeedsWaking = false

    /// The last body passed, kept because its `next` leads to the following ones.
    var passedReference: BodyReference.Pointer?

    /// The peer's routing id, which ROUTER, REP and STREAM put before the messages of this stream.
    ///
    /// Stored here and not in the pipe: reading it from the pipe would cost reference counting for
    /// each message.
    var originFrame = Frame()

    // Used by `StreamReader+Gathering` only.
    let retains: Bool
    var bodyOffset = 0
    var safe = SafePoint()

    init(shared: StreamShared.Pointer, highWaterMark: Int, retains: Bool) {
        self.shared = shared
        let nowhere = UnsafeMutableRawPointer(shared)
        cursor = nowhere
        segmentEnd = nowhere
        acknowledgeEvery = Self.pace(highWaterMark)
        nextAcknowledgement = acknowledgeEvery
        halfMark = UInt64(highWaterMark / 2)
        self.retains = retains
    }

    /// The stream position of `cursor`.
    var position: UInt64 {
        guard let chunk else { return 0 }
        return chunk.pointee.start &+ UInt64(truncatingIfNeeded: cursor - Chunk.bytes(chunk))
    }

    // MARK: Runs

    /// Looks for newly published bytes. Returns false if there are none.
    mutating func acquire() -> Bool {
        let word = shared.pointee.published.load(ordering: .acquiring)
        guard word != seen else { return false }
        runEnd &+= PublishedWord.bytes(from: seen, to: word)
        runMessages &+= PublishedWord.messages(from: seen, to: word)
        seen = word
        if !isBusy { noteBusy() }
        return true
    }

    /// Announces that this end sleeps until more is published. Returns false, staying awake, if
    /// more has been.
    ///
    /// The exchange of `attention` is this side's full fence. It suffices for a producer that
    /// publishes by an exchange. A producer that found `busy` publishes by a store without a fence;
    /// the heavy fence here takes its place. One such store may be left over from before this end
    /// stopped being busy, if the producer was delayed between reading `attention` and storing. It
    /// shows as the next change of `published`; until that has been seen, each call needs the heavy
    /// fence.
    mutating func sleep() -> Bool {
        acknowledgeRest()
        if isBusy, !ceaseToBeBusy() { return false }
        _ = shared.pointee.attention.exchange(.asleep, ordering: .sequentiallyConsistent)
        if seen == seenAtFence { fenceForBoth() }
        consumedAtSleep = consumed
        if shared.pointee.published.load(ordering: .sequentiallyConsistent) == seen { return true }
        // If the producer has already seen this end asleep, its wake-up is harmless.
        shared.pointee.attention.store(.awake, ordering: .relaxed)
        return false
    }

    /// Makes the producer publish by an exchange from now on. Returns false if it has just
    /// published.
    ///
    /// The heavy fence takes long enough for messages to come. Meanwhile this end counts as awake,
    /// so the producer spends nothing on waking it.
    private mutating func ceaseToBeBusy() -> Bool {
        isBusy = false
        consumedAtSleep = consumed
        _ = shared.pointee.attention.exchange(.awake, ordering: .sequentiallyConsistent)
        fenceForBoth()
        return seen == seenAtFence
    }

    private mutating func fenceForBoth() {
        fence.heavy()
        seenAtFence = shared.pointee.published.load(ordering: .acquiring)
    }

    /// In the middle of a burst: saves the producer its fences.
    private mutating func noteBusy() {
        guard consumed &- consumedAtSleep >= Self.longBurst else { return }
        isBusy = true
        shared.pointee.attention.store(.busy, ordering: .relaxed)
    }

    /// Everything was read, and this end will look again by itself: the producer need not wake it.
    mutating func stayAwake() {
        acknowledgeRest()
        isBusy = true
        shared.pointee.attention.store(.busy, ordering: .relaxed)
    }

    private static let longBurst: UInt64 = 512

    /// Whether so many messages came since this end last found the stream empty that more are
    /// likely.
    mutating func ranDryAfterBurst() -> Bool {
        defer { consumedWhenDry = consumed }
        return consumed &- consumedWhenDry >= Self.burst
    }

    /// The messages consumed since the last call of `ranDryAfterBurst`.
    var consumedSinceDry: UInt64 { consumed &- consumedWhenDry }

    private static let burst: UInt64 = 16

    /// In the middle of a burst, gives the producer time for a batch. Returns false if none has
    /// come.
    @inline(never)
    mutating func awaitBatch() -> Bool {
        while pauses.pause(after: consumed) {
            if hasMessage() { return true }
        }
        return false
    }

    /// Whether the producer holds messages back until this end has emptied the stream.
    var hasHeldBack: Bool {
        shared.pointee.heldBack.load(ordering: .sequentiallyConsistent)
    }

    /// Whether everything published has been read. Changes no state.
    ///
    /// A body beside the stream occupies none of its bytes: at the end of the stream, a body may
    /// still have to be read, or be half written.
    var isEmpty: Bool {
        position == runEnd && !hasBodyLeft
            && shared.pointee.published.load(ordering: .acquiring) == seen
    }

    /// The number of messages published and not yet taken.
    var pendingMessages: Int {
        let word = shared.pointee.published.load(ordering: .acquiring)
        let total = runMessages &+ PublishedWord.messages(from: seen, to: word)
        return Int(truncatingIfNeeded: total &- consumed)
    }

    // MARK: Acknowledging

    /// The number of messages after which they are acknowledged.
    private static func pace(_ highWaterMark: Int) -> UInt64 {
        UInt64(max(1, min(highWaterMark, 8192) / 8))
    }

    /// The producer's high-water mark has changed. Under a low mark, it cannot wait for as many
    /// messages to be acknowledged as under a high one.
    mutating func setMark(_ highWaterMark: Int) {
        acknowledgeEvery = Self.pace(highWaterMark)
        halfMark = UInt64(highWaterMark / 2)
        acknowledgeAll()
    }

    mutating func acknowledgeRest() {
        if consumed != acknowledged { acknowledgeAll() }
    }

    /// Acknowledges a batch of consumed messages.
    ///
    /// If the producer is waiting for room, this waits until half of the stream is free. Woken for
    /// every few messages, the producer would spend its time on falling asleep and waking up.
    @inline(never)
    mutating func acknowledgeBatch() {
        nextAcknowledgement = consumed &+ acknowledgeEvery
        let isAwaited = shared.pointee.acknowledged.load(ordering: .relaxed) & 1 != 0
        if isAwaited, pendingMessages > halfMark { return }
        acknowledgeAll()
    }

    @inline(never)
    mutating func acknowledgeAll() {
        acknowledged = consumed
        nextAcknowledgement = consumed &+ acknowledgeEvery
        let old = shared.pointee.acknowledged.exchange(
            consumed << 1,
            ordering: .sequentiallyConsistent
        )
        if old & 1 != 0 { producerNeedsWaking = true }
    }

    // MARK: Chunks

    /// Makes the next readable segment current. Returns false if the run is exhausted.
    ///
    /// Frees finished chunks, unless this end retains them until its safe point has passed them.
    mutating func nextSegment() -> Bool {
        guard position != runEnd else { return false }
        if chunk == nil { enterFirstChunk() }
        guard var current = chunk else { return false }
        while position == current.pointee.end.load(ordering: .relaxed) {
            guard let following = Chunk.following(current) else {
                preconditionFailure("a published run leads past the last chunk of its stream")
            }
            if !retains { recycle(current) }
            chunk = following
            cursor = Chunk.bytes(following)
            current = following
        }
        setSegmentEnd()
        return true
    }

    private mutating func enterFirstChunk() {
        let word = shared.pointee.firstChunk.load(ordering: .relaxed)
        guard let first = Chunk.Pointer(bitPattern: word) else { return }
        chunk = first
        cursor = Chunk.bytes(first)
        if retains { safe.chunk = first }
    }

    mutating func setSegmentEnd() {
        guard let chunk else { return }
        let end = min(chunk.pointee.end.load(ordering: .relaxed), runEnd)
        segmentEnd = Chunk.byte(chunk, at: end)
    }

    /// Offers a finished chunk to the producer, and frees the one that was offered before.
    func recycle(_ chunk: Chunk.Pointer) {
        let old = shared.pointee.spare.exchange(
            UInt(bitPattern: chunk),
            ordering: .acquiringAndReleasing
        )
        if let unwanted = Chunk.Pointer(bitPattern: old) { Chunk.free(unwanted) }
    }

    // MARK: Bodies beside the stream

    /// The next body, if it belongs at `position`.
    func reference(at position: UInt64) -> BodyReference.Pointer? {
        guard let node = followingReference(), node.pointee.position == position else {
            return nil
        }
        return node
    }

    /// The body after the last one passed, wherever it belongs.
    func followingReference() -> BodyReference.Pointer? {
        if let passed = passedReference { return BodyReference.following(passed) }
        return firstReference
    }

    var firstReference: BodyReference.Pointer? {
        BodyReference.Pointer(
            bitPattern: shared.pointee.firstReference.load(ordering: .acquiring)
        )
    }

    /// Frees everything left. Called when neither end is in use any more.
    mutating func discardAll() {
        if retains { passedReference = safe.passedReference }
        var node = followingReference()
        while let current = node {
            node = BodyReference.following(current)
            current.pointee.storage.release()
            BodyReference.free(current)
        }
        if let passed = passedReference { BodyReference.free(passed) }
        passedReference = nil
        if chunk == nil { enterFirstChunk() }
        Chunk.freeChain(safe.chunk ?? chunk)
        chunk = nil
        let spare = shared.pointee.spare.exchange(0, ordering: .acquiring)
        if let chunk = Chunk.Pointer(bitPattern: spare) { Chunk.free(chunk) }
    }
}
