internal import Synchronization
internal import ZeroMQProtocol

/// Writing one message into many streams: each is told by a plain store, and one fence serves all.
///
/// `StreamShared` wants a full fence between publishing and looking at `attention`. Whoever calls
/// `deliver` for many streams fences once after the last, and then asks each `mustWakeConsumer`:
/// for each stream the store, the fence and the look come in this order, which is all it takes.
extension StreamWriter {
    /// Writes and publishes a message of one short frame. There must be room for a message.
    @inline(__always)
    mutating func deliver(_ frame: ShortFrame) {
        if boundaryIsPending || limit - cursor < frame.count { makeRoom(frame.count) }
        frame.store(to: cursor)
        cursor += frame.count
        publishSilently(bytes: frame.count)
    }

    /// Writes and publishes a message of one frame that is a copy. There must be room for a
    /// message.
    @inline(__always)
    mutating func deliver(copying base: UnsafeRawPointer, count: Int) {
        let size = FrameHeader.size(forBody: count) + count
        if boundaryIsPending || limit - cursor < size { makeRoom(size) }
        cursor += FrameHeader.write(flags: 0, body: count, to: cursor)
        cursor.copyShort(from: base, count: count)
        cursor += count
        publishSilently(bytes: size)
    }

    /// Writes and publishes any message. There must be room for a message.
    @inline(never)
    mutating func deliver(_ message: borrowing Message) {
        begin()
        append(message)
        if unpublished != nil { linkReferences() }
        sent &+= 1
        let word = PublishedWord.pack(bytes: position, messages: sent)
        shared.pointee.published.store(word, ordering: .releasing)
    }

    /// Begins a message in a chunk that has as much room.
    @inline(never)
    private mutating func makeRoom(_ count: Int) {
        begin()
        if limit - cursor < count { grow(count) }
    }

    /// Publishes one message more, of so many bytes.
    ///
    /// What was published last is read where it has to be stored: the chunk, which also knows how
    /// far the stream has come, need not be looked at.
    @inline(__always)
    private mutating func publishSilently(bytes: Int) {
        sent &+= 1
        let old = shared.pointee.published.load(ordering: .relaxed)
        let position = (old >> PublishedWord.messageBits) &+ UInt64(truncatingIfNeeded: bytes)
        let word = PublishedWord.pack(bytes: position, messages: sent)
        shared.pointee.published.store(word, ordering: .releasing)
    }

    /// Whether the consumer of a stream sleeps, and it is up to the caller to wake it. To be asked
    /// once after `deliver`, with a full fence in between.
    ///
    /// Knows the meeting point only: a writer handed to a function out of line would be copied.
    @inline(__always)
    static func mustWakeConsumer(at shared: StreamShared.Pointer) -> Bool {
        guard shared.pointee.attention.load(ordering: .relaxed) == .asleep else { return false }
        return claimWaking(at: shared)
    }

    @inline(never)
    private static func claimWaking(at shared: StreamShared.Pointer) -> Bool {
        shared.pointee.attention.exchange(.awake, ordering: .acquiringAndReleasing) == .asleep
    }
}

/// A message of one frame that fits into a value, in the form of the wire: made once, and stored
/// into many streams by whole words.
struct ShortFrame: BitwiseCopyable {
    private let words: (UInt64, UInt64, UInt64, UInt64)
    /// Bytes of the frame with its header; what follows them is unspecified.
    let count: Int

    @inline(__always)
    init(_ bytes: InlineBytes) {
        let tail = UInt64(bytes.words.3) | UInt64(bytes.words.4) << 32
        words = (
            // The flags are none: this is the message's last frame, and not a long one.
            UInt64(bytes.count) << 8 | bytes.words.0 << 16,
            bytes.words.0 >> 48 | bytes.words.1 << 16,
            bytes.words.1 >> 48 | bytes.words.2 << 16,
            bytes.words.2 >> 48 | tail << 16
        )
        count = 2 + Int(bytes.count)
    }

    /// Writes the frame, and up to as many bytes as the longest has. A chunk's slack allows it.
    @inline(__always)
    func store(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: words.0, as: UInt64.self)
        target.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: words.2, toByteOffset: 16, as: UInt64.self)
        if count > 24 { target.storeBytes(of: words.3, toByteOffset: 24, as: UInt64.self) }
    }
}
