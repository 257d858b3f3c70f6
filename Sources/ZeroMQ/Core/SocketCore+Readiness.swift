/// Checks whether a call would have to wait, without making the call.
extension SocketCore {
    /// Whether receiving gives a message or an error now; if not, the waiter joins the queue.
    func readableOrWait(_ waiter: Waiter?) -> Attempt<Void> {
        enterReceiver()
        defer { leaveReceiver() }
        if receiving.pointee.hasEnded || isReadable { return .done(()) }
        if !receiving.pointee.refusals.isEmpty { return .done(()) }
        return waiter.map { .waiting(receiving.pointee.waiters.append($0, as: .poller)) }
            ?? .refused
    }

    /// Whether sending would succeed or fail at once; if not, the waiter joins the queue.
    ///
    /// When it is not the turn of a REQ or REP to send, ask again after it has received.
    func writableOrWait(_ waiter: Waiter?) -> Attempt<Void> {
        enterSender()
        defer { leaveSender() }
        return lookForRoom(waiter)
    }

    /// After an attempt to send would have blocked: queues the waiter for the next chance.
    ///
    /// Where peers differ in whether they have room, any change at any peer is a chance.
    func roomOrWait(_ waiter: Waiter) -> Attempt<Void> {
        enterSender()
        defer { leaveSender() }
        guard sending.pointee.pattern.wakesAll else { return lookForRoom(waiter) }
        if sending.pointee.isObstructed { return .done(()) }
        return .waiting(sending.pointee.waiters.append(waiter, as: .observer))
    }

    private func lookForRoom(_ waiter: Waiter?) -> Attempt<Void> {
        if sending.pointee.isObstructed { return .done(()) }
        guard isItsTurnToSend else { return .refused }
        if isWritable { return .done(()) }
        return waiter.map { .waiting(sending.pointee.waiters.append($0, as: .poller)) }
            ?? .refused
    }

    func withdrawReceiver(_ ticket: WaiterQueue.Ticket) {
        withReceiver { _ = $0.waiters.remove(ticket) }
    }

    func withdrawSender(_ ticket: WaiterQueue.Ticket) {
        withSender { _ = $0.waiters.remove(ticket) }
    }

    private var isReadable: Bool {
        switch receiving.pointee.undescribed {
        case .none: false
        case .request:
            receiving.pointee.request.isAwaiting
                && (receiving.pointee.queue.next() != nil || receiving.pointee.request.hasFailed)
        case .notices: !receiving.pointee.notices.isEmpty || receiving.pointee.queue.next() != nil
        case .plain, .filtered, .reply, .named, .described: receiving.pointee.queue.next() != nil
        }
    }

    private var isItsTurnToSend: Bool {
        switch sending.pointee.pattern {
        case .request: withReceiver { $0.request.maySend }
        case .reply: withReceiver { $0.reply.debt != nil }
        case .none, .pair, .balance, .publish, .upstream, .route, .raw: true
        }
    }

    private var isWritable: Bool {
        switch sending.pointee.pattern {
        case .none: false
        case .pair, .balance: sending.pointee.balancer.next() != nil
        case .request: sending.pointee.balancer.next() != nil || mayHoldRequest
        case .publish, .upstream, .reply, .route, .raw: true
        }
    }

    var canReceive: Bool { ReceivePattern(kind) != .none }
    var canSend: Bool { SendPattern(kind) != .none }
}
