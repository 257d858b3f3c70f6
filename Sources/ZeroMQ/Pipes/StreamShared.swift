internal import Synchronization

/// The state that both ends of a stream share: two counts, a spare chunk, a list of bodies.
///
/// **Waking the consumer.** The producer publishes and then reads `attention`. A consumer that is
/// about to sleep sets `attention` and then reads `published`. With a full fence between the two
/// steps on both sides, at least one sees the other's change, and no wake-up is lost. A producer's
/// usual fence is its exchange of `published`. That exchange is most of the cost of sending a small
/// message, so in the middle of a burst the consumer announces that it is busy: the producer then
/// publishes by a plain store, and before its next sleep the consumer supplies the missing fence
/// with the heavy half of an asymmetric one. See `StreamReader.sleep` for the whole argument.
///
/// **Waking the producer.** Waiting for room is rare, so one word suffices. A producer that waits
/// sets the lowest bit of `acknowledged` by a compare-and-exchange, which fails if the count has
/// moved. The consumer's exchange returns that bit and clears it.
struct StreamShared: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<StreamShared>

    /// Producer to consumer: bytes and messages published so far; see `PublishedWord`.
    ///
    /// The producer's store releases the bytes, chunk links and body links written before it;
    /// the consumer's acquiring load in `StreamReader.acquire` makes them visible.
    let published: Atomic<UInt64>
    /// The consumer's state. Beside `published`, in a line that the producer uses anyway.
    let attention: Atomic<Attention>
    private let gap = CacheLinePadding()
    /// Consumer to producer: messages consumed so far, shifted left by one, and the sleep bit.
    ///
    /// The consumer's exchange releases its last reads of the bytes it gives up; the producer's
    /// acquiring load in `StreamWriter.refreshRoom` orders the reuse after them.
    let acknowledged: Atomic<UInt64>
    /// The producer holds whole messages back for lack of room, or has left bytes in the kernel.
    /// When the consumer has emptied the stream and acknowledged everything, it asks for them
    /// (`StreamProducer.streamRanDry`).
    ///
    /// Producer: stores this, then loads `acknowledged`. Consumer: exchanges `acknowledged`, then
    /// loads this. All four are sequentially consistent, so at least one sees the other's change.
    let heldBack: Atomic<Bool>
    /// A chunk that the consumer has finished. Both sides exchange it: acquire and release.
    let spare: Atomic<UInt>
    /// The first chunk, and below, the first body, for a consumer that has seen none yet. In their
    /// own line, because the producer uses it only once.
    let firstChunk: Atomic<UInt>
    let firstReference: Atomic<UInt>

    init() {
        published = Atomic(0)
        attention = Atomic(.awake)
        acknowledged = Atomic(0)
        heldBack = Atomic(false)
        spare = Atomic(0)
        firstChunk = Atomic(0)
        firstReference = Atomic(0)
    }
}

/// The state of a stream's consumer, as far as it matters to the producer.
enum Attention: UInt8, AtomicRepresentable {
    /// It will look again before it sleeps. Set by the consumer, and by a producer that wakes it.
    case awake
    /// It is awake, and will issue the heavy fence before it sleeps. Set by the consumer.
    case busy
    /// It sleeps or is about to; the thread that exchanges this for `awake` wakes it. Set by the
    /// consumer.
    case asleep
}

/// The layout of `StreamShared.published`: 36 bits of bytes, 28 bits of messages.
///
/// Both counts wrap. The consumer computes differences from the last value it saw. So less than 2³⁶
/// bytes and 2²⁸ messages may be under way at a time, which the high-water mark ensures.
enum PublishedWord {
    static let messageBits: UInt64 = 28
    static let messageMask: UInt64 = (1 << messageBits) - 1
    static let byteMask: UInt64 = (1 << 36) - 1

    /// The most messages a stream holds even if its high-water mark is unlimited.
    static let mostMessages = 1 << 26

    @inline(__always)
    static func pack(bytes: UInt64, messages: UInt64) -> UInt64 {
        bytes << messageBits | (messages & messageMask)
    }

    @inline(__always)
    static func bytes(from old: UInt64, to new: UInt64) -> UInt64 {
        ((new >> messageBits) &- (old >> messageBits)) & byteMask
    }

    @inline(__always)
    static func messages(from old: UInt64, to new: UInt64) -> UInt64 {
        (new &- old) & messageMask
    }
}
