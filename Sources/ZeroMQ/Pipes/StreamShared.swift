internal import Synchronization

/// What the two ends of a stream tell each other: two counts, a spare chunk, a list of bodies.
///
/// **Waking the consumer.** The producer publishes first and looks at `attention` second; a
/// consumer about to sleep sets `attention` first and looks at `published` second. With a full
/// fence between the two steps on both sides, one of them sees the other, and no wake-up is lost.
/// The fence of an ordinary producer is its exchange of `published`. That exchange is most of the
/// cost of sending a small message, so a consumer in the middle of a burst says that it is busy:
/// a producer that finds it so publishes by a plain store, and the consumer, before it next
/// sleeps, makes up for the missing fence with the heavy half of an asymmetric one. See
/// `StreamReader.sleep` for the whole argument.
///
/// **Waking the producer.** Both sides are rare, and one word does it: a producer that waits for
/// room sets the lowest bit of `acknowledged` by a compare-and-exchange that fails if the count
/// has moved, and the consumer's exchange returns the bit it clears.
struct StreamShared: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<StreamShared>

    /// Producer to consumer: bytes and messages published so far; see `PublishedWord`.
    ///
    /// The producer's store releases the bytes, chunk links and body links written before it;
    /// the consumer's acquiring load in `StreamReader.acquire` makes them visible.
    let published: Atomic<UInt64>
    /// What the consumer is doing. Beside `published`, where the producer has to go anyway.
    let attention: Atomic<Attention>
    private let gap = CacheLinePadding()
    /// Consumer to producer: messages consumed so far, shifted left by one, and the sleep bit.
    ///
    /// The consumer's exchange releases its last reads of the bytes it gives up; the producer's
    /// acquiring load in `StreamWriter.refreshRoom` orders the reuse after them.
    let acknowledged: Atomic<UInt64>
    /// The producer keeps whole messages back for lack of room, or has left bytes where they came
    /// from; the consumer, when it has run dry and acknowledged everything, comes for them
    /// (`StreamProducer.streamRanDry`).
    ///
    /// Producer: store this, then load `acknowledged`. Consumer: exchange `acknowledged`, then load
    /// this. All four are sequentially consistent, so one of the two sees the other.
    let heldBack: Atomic<Bool>
    /// A chunk the consumer is done with. Both sides exchange it: acquire and release.
    let spare: Atomic<UInt>
    /// The first chunk and the first body, for a consumer that has seen none yet. In its own line:
    /// the producer comes here once.
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

/// What the consumer of a stream is doing, as far as its producer has to know.
enum Attention: UInt8, AtomicRepresentable {
    /// It will look again before it sleeps. Set by the consumer, and by the producer that wakes it.
    case awake
    /// It is awake, and will fence for both sides before it sleeps. Set by the consumer.
    case busy
    /// It sleeps, or is about to; whoever exchanges this for `awake` wakes it. Set by the consumer.
    case asleep
}

/// The layout of `StreamShared.published`: 36 bits of bytes, 28 bits of messages.
///
/// Both counts wrap. A consumer takes differences to what it saw last, so what matters is only that
/// less than 2³⁶ bytes and 2²⁸ messages are ever under way; the high-water mark sees to that.
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
