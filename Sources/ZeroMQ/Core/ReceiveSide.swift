internal import ZeroMQProtocol

/// The receiving direction of a socket: everything its gate in `SocketCore` guards.
///
/// Lives behind a pointer, so that using its parts in place costs no exclusivity checks.
struct ReceiveSide: ~Copyable {
    let pattern: ReceivePattern
    var waiters = WaiterQueue()
    /// Why nothing can be received any more, once that is so.
    private(set) var ending: ZeroMQError?
    /// The same as a flag, for the path of messages.
    private(set) var hasEnded = false

    var queue = FairQueue()
    /// XPUB: notices of subscriptions, in order of arrival.
    var notices = NoticeQueue()
    /// SUB and XSUB: what the application asked for.
    var subscriptions = SubscriptionSet()
    /// REQ: the state of the conversation; REP: where the reply goes.
    var request = RequestState()
    var reply = ReplyState()

    mutating func end(_ error: ZeroMQError) {
        ending = error
        hasEnded = true
    }

    init(pattern: ReceivePattern) { self.pattern = pattern }

    /// Whether a waiting receiver has reason to try again.
    var mayProceed: Bool {
        queue.activeCount > 0 || !notices.isEmpty || request.isLost
    }
}
