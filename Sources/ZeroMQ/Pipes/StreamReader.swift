internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The consuming end of a stream: takes published runs, acknowledges messages, frees chunks.
///
/// Only the consumer touches these fields: the application side under the socket's receive gate, or
/// whoever owns the writing half of a connection. How messages are taken is in the files beside
/// this one: `StreamReader+Messages` for sockets, `StreamReader+Gathering` for sessions.
struct StreamReader: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<StreamReader>

    let shared: StreamShared.Pointer
    private let fence = AsymmetricFence.current
    /// This end told the producer that it is busy.
    private(set) var isBusy = false
    private var consumedAtSleep: UInt64 = 0
    /// What was published when this end last fenced for both sides.
    private var seenAtFence = UInt64.max
    /// The next byte to read, and the end of what may be read of `chunk` now.
    var cursor: UnsafeMutableRawPointer
    var segmentEnd: UnsafeMutableRawPointer
    var chunk: Chunk.Pointer?

    /// `published` as last seen, without the sleep bit, and the positions it stands for.
    var seen: UInt64 = 0
    var runEnd: UInt64 = 0
    /// Messages published up to `runEnd`.
    var runMessages: UInt64 = 0

    /// Messages taken, messages acknowledged, and when to acknowledge again.
    var consumed: UInt64 = 0
    var acknowledged: UInt64 = 0
    var nextAcknowledgement: UInt64
    private var acknowledgeEvery: UInt64
    private var halfMark: UInt64
    private var consumedWhenDry: UInt64 = 0
    private var pauses = PauseBudget()
    /// The producer was found waiting for room: whoever holds this end must tell it.
    var producerNeedsWaking = false

    /// The last body gone past; kept because its `next` leads on.
    var passedReference: BodyReference.Pointer?

    /// What ROUTER, REP and STREAM put before the messages of this stream: the peer's routing id.
    ///
    /// Here, and not in the pipe, because using a pipe for each message would mean to count
    /// references to it.
    var originFrame = Frame()

    // Used by `StreamReader+Gathering` only; see there.
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

    /// The position in the stream of `cursor`.
    var position: UInt64 {
        guard let chunk else { return 0 }
        return chunk.pointee.start &+ UInt64(truncatingIfNeeded: cursor - Chunk.bytes(chunk))
    }

    // MARK: Runs

    /// Looks for newly published bytes. False if there are none.
    mutating func acquire() -> Bool {
        let word = shared.pointee.published.load(ordering: .acquiring)
        guard word != seen else { return false }
        runEnd &+= PublishedWord.bytes(from: seen, to: word)
        runMessages &+= PublishedWord.messages(from: seen, to: word)
        seen = word
        if !isBusy { noteBusy() }
        return true
    }

    /// Says that this end sleeps until more is published. False if something has been.
    ///
    /// The exchange below is the full fence of this side. It suffices against a producer that
    /// publishes by exchange. One that found `busy` publishes by store, without a fence; the heavy
    /// fence makes it pass one. There can be one such publication left over from before this end
    /// ceased to be busy, held up between its look at `attention` and its store. It shows as the
    /// next change of `published`; until that has been seen, the heavy fence is needed each time.
    mutating func sleep() -> Bool {
        acknowledgeRest()
        if isBusy, !ceaseToBeBusy() { return false }
        _ = shared.pointee.attention.exchange(.asleep, ordering: .sequentiallyConsistent)
        if seen == seenAtFence { fenceForBoth() }
        consumedAtSleep = consumed
        if shared.pointee.published.load(ordering: .sequentiallyConsistent) == seen { return true }
        // If the producer has seen the sleeper already, its wake-up will find somebody awake.
        shared.pointee.attention.store(.awake, ordering: .relaxed)
        return false
    }

    /// Has the producer publish by exchange from now on. False if something has been published.
    ///
    /// The heavy fence takes long enough for messages to come. While it lasts nobody sleeps yet,
    /// and the producer does not go through the trouble of waking anybody.
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

    /// In the middle of a burst: spares the producer its fences.
    private mutating func noteBusy() {
        guard consumed &- consumedAtSleep >= Self.longBurst else { return }
        isBusy = true
        shared.pointee.attention.store(.busy, ordering: .relaxed)
    }

    /// Everything is read and this end will look again by itself: nobody has to wake it.
    mutating func stayAwake() {
        acknowledgeRest()
        isBusy = true
        shared.pointee.attention.store(.busy, ordering: .relaxed)
    }

    private static let longBurst: UInt64 = 512

    /// Whether so many messages came since this end last ran dry that more are likely to be near.
    mutating func ranDryAfterBurst() -> Bool {
        defer { consumedWhenDry = consumed }
        return consumed &- consumedWhenDry >= Self.burst
    }

    private static let burst: UInt64 = 16

    /// Gives the producer the time for a batch, in the middle of a burst. False if none has come.
    @inline(never)
    mutating func awaitBatch() -> Bool {
        while pauses.pause(after: consumed) {
            if hasMessage() { return true }
        }
        return false
    }

    /// Whether the producer keeps messages back until this end has run dry.
    var hasHeldBack: Bool {
        shared.pointee.heldBack.load(ordering: .sequentiallyConsistent)
    }

    /// Whether nothing published is still unread, without taking notice of it.
    ///
    /// A body beside the stream takes no room in it: at the end of the stream it may be still to
    /// come, or half way out.
    var isEmpty: Bool {
        position == runEnd && !hasBodyLeft
            && shared.pointee.published.load(ordering: .acquiring) == seen
    }

    /// Messages published and not yet taken.
    var pendingMessages: Int {
        let word = shared.pointee.published.load(ordering: .acquiring)
        let total = runMessages &+ PublishedWord.messages(from: seen, to: word)
        return Int(truncatingIfNeeded: total &- consumed)
    }

    // MARK: Acknowledging

    /// After how many messages they are acknowledged.
    private static func pace(_ highWaterMark: Int) -> UInt64 {
        UInt64(max(1, min(highWaterMark, 8192) / 8))
    }

    /// The producer counts by another mark from now on: under a low one it cannot wait for as many
    /// acknowledgements as under a high one.
    mutating func setMark(_ highWaterMark: Int) {
        acknowledgeEvery = Self.pace(highWaterMark)
        halfMark = UInt64(highWaterMark / 2)
        acknowledgeAll()
    }

    mutating func acknowledgeRest() {
        if consumed != acknowledged { acknowledgeAll() }
    }

    /// Acknowledges what has been taken, as a rule.
    ///
    /// A producer that waits for room is let go on when half of the stream is free: woken for every
    /// few messages, it would do little else than to fall asleep and wake up.
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

    /// Makes the next readable segment current. False if the run is exhausted.
    ///
    /// Frees finished chunks, unless this end retains them until its safe point has passed.
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

    /// Offers a finished chunk to the producer, and frees the one it did not want.
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

    /// Frees everything that is left, when neither end is in use any more.
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
