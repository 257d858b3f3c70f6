internal import Synchronization

/// Why a message was dropped.
public enum DropCause: Int, CaseIterable, Hashable, Sendable {
    /// PUB: the message matched no subscription.
    case noSubscriber
    /// The peer's queue was at its high-water mark.
    case peerFull
    /// ROUTER: no peer has this routing id.
    case unroutable
    /// The message lacked the envelope that its pattern requires.
    case malformed
    /// REQ: the message was not a reply to the pending request.
    case lateReply
    /// This side closed, disconnected, unbound or shut down, and the linger time ended before the
    /// message was sent.
    case lingerExpired
    /// The peer has gone: the one the message was queued for, or the one that sent it long ago. Or
    /// the endpoint was given up.
    case peerGone
    /// A newer message replaced it, as `keepsOnlyLatest` asks.
    case superseded
    /// PUSH and PUB: a peer sent the message, but sockets of this type do not receive.
    case unexpected
    /// The message had arrived, but the socket was closed before the application received it.
    case unread
    /// REQ: the request was given up before it had been sent. Over inproc, where the receiver's
    /// queue is the sender's, the socket counts it in whose queue it was.
    case withdrawn
}

/// How many messages a socket dropped, by cause.
///
/// Relaxed: each counter is independent of all other data. An event reports the first, second,
/// fourth, eighth … message dropped for a cause: enough to notice, too few to flood.
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

    /// Counts a message that no subscriber wanted. Called only under the send gate. No other thread
    /// writes to this counter, so the increment needs no locked instruction.
    @inline(__always)
    func countUnwanted() {
        let counter = counts + DropCause.noSubscriber.rawValue
        counter.pointee.store(counter.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    subscript(cause: DropCause) -> Int { counts[cause.rawValue].load(ordering: .relaxed) }
}
