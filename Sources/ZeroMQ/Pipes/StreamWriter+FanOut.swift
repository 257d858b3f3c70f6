internal import Synchronization
internal import ZeroMQProtocol

/// Writing one message into many streams: each publishes by a plain store, and one fence serves
/// all.
///
/// `StreamShared` requires a full fence between publishing and reading `attention`. The caller of
/// `deliver` for many streams fences once after the last, and then calls `mustWakeConsumer` for
/// each. So for each stream the store, the fence and the read come in the required order.
extension StreamWriter {
    /// Writes and publishes a message of one short frame. There must be room for it.
    @inline(__always)
    mutating func deliver(_ frame: ShortFrame) {
        if boundaryIsPending || limit - cursor < frame.count { makeRoom(frame.count) }
        frame.store(to: cursor)
        cursor += frame.count
        publishSilently(bytes: frame.count)
    }

    /// Writes and publishes a message of one frame by copying it. There must be room for it.
    @inline(__always)
    mutating func deliver(copying base: UnsafeRawPointer, count: Int) {
        let size = FrameHeader.size(forBody: count) + count
        if boundaryIsPending || limit - cursor < size { makeRoom(size) }
        cursor += FrameHeader.write(flags: 0, body: count, to: cursor)
        cursor.copyShort(from: base, count: count)
        cursor += count
        publishSilently(bytes: size)
    }

    /// Writes and publishes any message. There must be room for it.
    @inline(never)
    mutating func deliver(_ message: borrowing Message) {
        begin()
        append(message)
        if unpublished != nil { linkReferences() }
        sent &+= 1
        let word = PublishedWord.pack(bytes: position, messages: sent)
        shared.pointee.published.store(word, ordering: .releasing)
    }

    /// Begins a message in a chunk that has at least `count` bytes of room.
    @inline(never)
    private mutating func makeRoom(_ count: Int) {
        begin()
        if limit - cursor < count { grow(count) }
    }

    /// Publishes one more message of `bytes` bytes.
    ///
    /// The last published position is read from the word that is stored to anyway, so the chunk's
    /// header is not needed.
    @inline(__always)
    private mutating func publishSilently(bytes: Int) {
        sent &+= 1
        let old = shared.pointee.published.load(ordering: .relaxed)
        let position = (old >> PublishedWord.messageBits) &+ UInt64(truncatingIfNeeded: bytes)
        let word = PublishedWord.pack(bytes: position, messages: sent)
        shared.pointee.published.store(word, ordering: .releasing)
    }

    /// Whether the consumer of a stream sleeps and the caller has to wake it. Called once after
    /// `deliver`, with a full fence in between.
    ///
    /// Takes only the shared state: a writer passed to a function that is not inlined would be
    /// copied.
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

/// A message of one frame that fits into a value, in wire format: built once, then stored into many
/// streams by whole words.
struct ShortFrame: BitwiseCopyable {
    private let words: (UInt64, UInt64, UInt64, UInt64)
    /// The size of the frame with its header; the bytes behind it are unspecified.
    let count: Int

    @inline(__always)
    init(_ bytes: InlineBytes) {
        let tail = UInt64(bytes.words.3) | UInt64(bytes.words.4) << 32
        words = (
            // No flags: the frame is the last of its message, and its size is short.
            UInt64(bytes.count) << 8 | bytes.words.0 << 16,
            bytes.words.0 >> 48 | bytes.words.1 << 16,
            bytes.words.1 >> 48 | bytes.words.2 << 16,
            bytes.words.2 >> 48 | tail << 16
        )
        count = 2 + Int(bytes.count)
    }

    /// Stores the frame, and up to as many bytes as the longest has. A chunk's slack allows that.
    @inline(__always)
    func store(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: words.0, as: UInt64.self)
        target.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: words.2, toByteOffset: 16, as: UInt64.self)
        if count > 24 { target.storeBytes(of: words.3, toByteOffset: 24, as: UInt64.self) }
    }
}
