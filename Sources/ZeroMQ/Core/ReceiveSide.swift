internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The receiving direction of a socket: everything its gate in `SocketCore` guards.
///
/// Lives behind a pointer, so that using its parts in place costs no exclusivity checks.
struct ReceiveSide: ~Copyable {
    private(set) var pattern: ReceivePattern
    /// The pattern without `described`.
    let undescribed: ReceivePattern
    var waiters = WaiterQueue()
    /// Whether a thread that waits looks for a while before it sleeps.
    var spin: SpinGovernor
    /// Why nothing can be received any more; nil until then.
    private(set) var ending: ZeroMQError?
    /// Whether `ending` is set, as a flag for the fast path.
    private(set) var hasEnded = false
    /// The servers that refuse this socket. Messages from other peers are still received.
    var refusals = ServerRefusals()

    var queue = FairQueue()
    /// XPUB: notices of subscriptions, in order of arrival.
    var notices = NoticeQueue()
    /// SUB and XSUB: what the application asked for.
    var subscriptions = SubscriptionSet()
    /// SUB: receives only messages that no subscription matches.
    var invertsMatching = false
    /// XSUB: tells peers every cancellation, not only the last one for a topic.
    var forwardsEveryCancellation = false
    /// XPUB: the peer whose notice was received last.
    var lastNoticed: NoticedPeer?
    /// REQ: the metadata of the peer whose reply was received last, if messages are described.
    var replier: MessageMetadata?
    /// REQ: the state of the conversation; REP: where the reply goes.
    var request = RequestState()
    var reply = ReplyState()

    mutating func end(_ error: ZeroMQError) {
        ending = error
        hasEnded = true
    }

    /// The socket is closed. Drops every reference to a pipe, because pipes keep the socket alive.
    /// Returns how many messages had arrived and were not received.
    mutating func forgetPeers() -> Int {
        let unread = queue.removeAll()
        queue.listDepartures(false)
        notices = NoticeQueue()
        (lastNoticed, replier) = (nil, nil)
        request.answered()
        reply.settle()
        return unread
    }

    init(pattern: ReceivePattern, spin: SpinGovernor) {
        self.spin = spin
        self.pattern = pattern
        undescribed = pattern
    }

    /// Whether messages are received together with the metadata of their peers.
    var describesMessages: Bool {
        get { pattern == .described }
        set { pattern = newValue && undescribed != .none ? .described : undescribed }
    }

    /// What a thread that is about to join the waiters does before it sleeps.
    mutating func planWait() -> SpinGovernor.Plan {
        // Of many that wait, one at a time has something to do: no use if all look for it.
        spin.plan(
            after: queue.takeCount(),
            isAlone: waiters.isEmpty,
            now: SystemClock().now.nanoseconds
        )
    }

    /// Whether a waiting receiver has reason to try again.
    var mayProceed: Bool {
        // A REQ without a pending request cannot use what may have arrived.
        if undescribed == .request, !request.isAwaiting { return false }
        return queue.activeCount > 0 || !notices.isEmpty || request.hasFailed || queue.hasDepartures
    }
}
