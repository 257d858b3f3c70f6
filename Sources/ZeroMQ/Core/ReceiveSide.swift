internal import ZeroMQProtocol

/// The receiving direction of a socket: everything its gate in `SocketCore` guards.
///
/// Lives behind a pointer, so that using its parts in place costs no exclusivity checks.
struct ReceiveSide: ~Copyable {
    private(set) var pattern: ReceivePattern
    /// The pattern behind `described`.
    let undescribed: ReceivePattern
    var waiters = WaiterQueue()
    /// Why nothing can be received any more, once that is so.
    private(set) var ending: ZeroMQError?
    /// The same as a flag, for the path of messages.
    private(set) var hasEnded = false
    /// Which servers refuse this socket. What others have sent is received all the same.
    var refusals = ServerRefusals()

    var queue = FairQueue()
    /// XPUB: notices of subscriptions, in order of arrival.
    var notices = NoticeQueue()
    /// SUB and XSUB: what the application asked for.
    var subscriptions = SubscriptionSet()
    /// SUB: what no subscription matches is received, and nothing else.
    var invertsMatching = false
    /// XSUB: every cancellation is told, not only the last of a topic.
    var forwardsEveryCancellation = false
    /// XPUB: whose notice was received last.
    var lastNoticed: NoticedPeer?
    /// REQ: what is known of the peer whose reply was received last, if messages are described.
    var replier: MessageMetadata?
    /// REQ: the state of the conversation; REP: where the reply goes.
    var request = RequestState()
    var reply = ReplyState()

    mutating func end(_ error: ZeroMQError) {
        ending = error
        hasEnded = true
    }

    /// The socket is closed: nothing here keeps a pipe any more, which would keep the socket.
    /// Returns how many messages had arrived and were not taken.
    mutating func forgetPeers() -> Int {
        let unread = queue.removeAll()
        queue.listDepartures(false)
        notices = NoticeQueue()
        (lastNoticed, replier) = (nil, nil)
        request.answered()
        reply.settle()
        return unread
    }

    init(pattern: ReceivePattern) {
        self.pattern = pattern
        undescribed = pattern
    }

    /// Whether messages are received together with what is known of their peers.
    var describesMessages: Bool {
        get { pattern == .described }
        set { pattern = newValue && undescribed != .none ? .described : undescribed }
    }

    /// Whether a waiting receiver has reason to try again.
    var mayProceed: Bool {
        // A REQ that awaits nothing has no use for what may be there.
        if undescribed == .request, !request.isAwaiting { return false }
        return queue.activeCount > 0 || !notices.isEmpty || request.hasFailed || queue.hasDepartures
    }
}
