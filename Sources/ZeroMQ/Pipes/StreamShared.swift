internal import Synchronization

/// What the two ends of a stream tell each other: two words, a spare chunk, a list of bodies.
///
/// Each word carries a count from one side to the other and, in its lowest bit, the other side's
/// note "I sleep; wake me when this changes". Count and note share a word, so neither wake-up can
/// be lost: a sleeper sets its bit by a compare-and-exchange that fails if the count has moved, and
/// a publisher's exchange returns the bit it clears. Whichever of the two comes first in the word's
/// modification order, either the sleeper sees the news or the publisher sees the sleeper.
struct StreamShared: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<StreamShared>

    /// Producer to consumer: octets and messages published so far; see `PublishedWord`.
    ///
    /// The producer's exchange releases the octets, chunk links and body links written before it;
    /// the consumer's acquiring load in `StreamReader.acquire` makes them visible.
    let published: Atomic<UInt64>
    private let gap = CacheLinePadding()
    /// Consumer to producer: messages consumed so far, shifted left by one, and the sleep bit.
    ///
    /// The consumer's exchange releases its last reads of the octets it gives up; the producer's
    /// acquiring load in `StreamWriter.refreshRoom` orders the reuse after them.
    let acknowledged: Atomic<UInt64>
    /// The producer keeps whole messages back for lack of room; the consumer, when it has run dry
    /// and acknowledged everything, lets them go (`StreamProducer.streamRanDry`).
    ///
    /// Producer: store this, then load `acknowledged`. Consumer: exchange `acknowledged`, then load
    /// this. All four are sequentially consistent, so one of the two sees the other.
    let heldBack: Atomic<Bool>
    /// A chunk the consumer is done with. Both sides exchange it: acquire and release.
    let spare: Atomic<UInt>
    private let gapAfter = CacheLinePadding()
    /// The first chunk and the first body, for a consumer that has seen none yet.
    let firstChunk: Atomic<UInt>
    let firstReference: Atomic<UInt>

    init() {
        published = Atomic(0)
        acknowledged = Atomic(0)
        heldBack = Atomic(false)
        spare = Atomic(0)
        firstChunk = Atomic(0)
        firstReference = Atomic(0)
    }
}

/// The layout of `StreamShared.published`: 36 bits of octets, 27 bits of messages, the sleep bit.
///
/// Both counts wrap. A consumer takes differences to what it saw last, so what matters is only that
/// less than 2³⁶ octets and 2²⁷ messages are ever under way; the high-water mark sees to that.
enum PublishedWord {
    static let asleep: UInt64 = 1
    static let messageBits: UInt64 = 27
    static let messageMask: UInt64 = (1 << messageBits) - 1
    static let octetShift: UInt64 = messageBits + 1
    static let octetMask: UInt64 = (1 << 36) - 1

    /// The most messages a stream holds even if its high-water mark is unlimited.
    static let mostMessages = 1 << 26

    @inline(__always)
    static func pack(octets: UInt64, messages: UInt64) -> UInt64 {
        octets << octetShift | (messages & messageMask) << 1
    }

    @inline(__always)
    static func octets(from old: UInt64, to new: UInt64) -> UInt64 {
        ((new >> octetShift) &- (old >> octetShift)) & octetMask
    }

    @inline(__always)
    static func messages(from old: UInt64, to new: UInt64) -> UInt64 {
        ((new >> 1) &- (old >> 1)) & messageMask
    }
}
