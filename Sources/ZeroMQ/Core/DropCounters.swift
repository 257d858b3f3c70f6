internal import Synchronization

/// Why a message was dropped.
public enum DropCause: Int, CaseIterable, Hashable, Sendable {
    /// PUB: nobody wanted it.
    case noSubscriber
    /// The peer's queue was at its high-water mark.
    case peerFull
    /// ROUTER: no peer has this routing id.
    case unroutable
    /// It did not have the envelope its pattern demands.
    case malformed
    /// REQ: it was no reply to the request under way.
    case lateReply
    /// This side closed, disconnected, unbound or shut down, and the time to linger was over before
    /// it was sent.
    case lingerExpired
    /// The peer has gone: the one it was queued for, or one that came from too long ago. Or the
    /// endpoint was given up.
    case peerGone
    /// A newer message took its place, as `keepsOnlyLatest` asks.
    case superseded
    /// PUSH and PUB: a peer sent it, and sockets of this type receive nothing.
    case unexpected
    /// It had arrived, and the socket was closed before it was received.
    case unread
    /// REQ: the request was given up before it had been sent. Over inproc, where the receiver's
    /// queue is the sender's, the socket counts it in whose queue it was.
    case withdrawn
}

/// How many messages a socket dropped, by cause.
///
/// Relaxed: each counter stands for itself. An event tells of the first message dropped for a
/// cause, and of the second, fourth, eighth and so on: enough to notice, too few to flood.
struct DropCounters: ~Copyable {
    private let events: EventQueue
    private let counts: UnsafeMutablePointer<Atomic<Int>>

    init(events: EventQueue) {
        self.events = events
        counts = .allocate(capacity: DropCause.allCases.count)
        for cause in DropCause.allCases { (counts + cause.rawValue).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: DropCause.allCases.count)
        counts.deallocate()
    }

    func count(_ cause: DropCause, _ amount: Int = 1) {
        guard amount > 0 else { return }
        let change = counts[cause.rawValue].wrappingAdd(amount, ordering: .relaxed)
        // The highest bit of the count has moved: a power of two was reached.
        guard change.oldValue.leadingZeroBitCount != change.newValue.leadingZeroBitCount else {
            return
        }
        events.post(.dropped(cause, count: change.newValue))
    }

    /// Counts a message that nobody wanted. Only under the send gate, where all such messages are
    /// counted: nobody else writes to this counter, so that no locked operation is needed.
    @inline(__always)
    func countUnwanted() {
        let counter = counts + DropCause.noSubscriber.rawValue
        counter.pointee.store(counter.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    subscript(cause: DropCause) -> Int { counts[cause.rawValue].load(ordering: .relaxed) }
}
