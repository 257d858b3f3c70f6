internal import Synchronization

/// Why a message was dropped.
enum DropCause: Int, CaseIterable {
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
    /// It was not sent before the time to linger was over.
    case lingerExpired
    /// The peer it was queued for has gone.
    case peerGone
}

/// How many messages a socket dropped, by cause.
///
/// Relaxed: each counter stands for itself.
struct DropCounters: ~Copyable {
    private let noSubscriber = Atomic<Int>(0)
    private let peerFull = Atomic<Int>(0)
    private let unroutable = Atomic<Int>(0)
    private let malformed = Atomic<Int>(0)
    private let lateReply = Atomic<Int>(0)
    private let lingerExpired = Atomic<Int>(0)
    private let peerGone = Atomic<Int>(0)

    func count(_ cause: DropCause, _ amount: Int = 1) {
        guard amount > 0 else { return }
        switch cause {
        case .noSubscriber: noSubscriber.wrappingAdd(amount, ordering: .relaxed)
        case .peerFull: peerFull.wrappingAdd(amount, ordering: .relaxed)
        case .unroutable: unroutable.wrappingAdd(amount, ordering: .relaxed)
        case .malformed: malformed.wrappingAdd(amount, ordering: .relaxed)
        case .lateReply: lateReply.wrappingAdd(amount, ordering: .relaxed)
        case .lingerExpired: lingerExpired.wrappingAdd(amount, ordering: .relaxed)
        case .peerGone: peerGone.wrappingAdd(amount, ordering: .relaxed)
        }
    }

    subscript(cause: DropCause) -> Int {
        switch cause {
        case .noSubscriber: noSubscriber.load(ordering: .relaxed)
        case .peerFull: peerFull.load(ordering: .relaxed)
        case .unroutable: unroutable.load(ordering: .relaxed)
        case .malformed: malformed.load(ordering: .relaxed)
        case .lateReply: lateReply.load(ordering: .relaxed)
        case .lingerExpired: lingerExpired.load(ordering: .relaxed)
        case .peerGone: peerGone.load(ordering: .relaxed)
        }
    }
}
