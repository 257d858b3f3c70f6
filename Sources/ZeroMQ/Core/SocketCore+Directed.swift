internal import ZeroMQReactor

/// XPUB: a message for one peer alone, in one step.
///
/// The peer is set and the message sent without leaving the gate, so that no other message goes to
/// that peer alone, and this one to nobody else.
extension SocketCore {
    func sendToLastNoticed(_ message: Message) throws(ZeroMQError) {
        try context.checkProcess()
        let peer = try lastNoticed()
        let deadline = Deadline(Patience(sendTimeout.value), clock: context.clock)
        let parker = makeParker()
        while true {
            let attempt = try directOrWait(message, peer, .thread(parker))
            guard case .waiting(let ticket) = attempt else { return }
            let isLate = !parker.wait(until: deadline.instant) || deadline.hasPassed(context.clock)
            withdrawSender(ticket)
            guard isLate else { continue }
            // The last wake-up may have come together with the deadline.
            guard case .done = try directOrWait(message, peer, nil) else { throw .sendTimedOut }
            return
        }
    }

    func sendToLastNoticed(_ message: Message) async throws(ZeroMQError) {
        let peer = try lastNoticed()
        let sent: Void? = try await context.retry(patience: Patience(sendTimeout.value)) {
            waiter throws(ZeroMQError) in
            try directOrWait(message, peer, waiter)
        } withdraw: {
            withdrawSender($0)
        }
        guard sent != nil else { throw .sendTimedOut }
    }

    private func directOrWait(
        _ message: Message,
        _ peer: NoticedPeer,
        _ waiter: Waiter?
    ) throws(ZeroMQError) -> Attempt<Void> {
        enterSender()
        defer { leaveSender() }
        if sending.pointee.isObstructed { throw sending.pointee.obstacle ?? .socketClosed }
        try checkParts(message.count)
        let other = sending.pointee.onlyTarget
        sending.pointee.onlyTarget = peer
        let outcome = publish(message)
        sending.pointee.onlyTarget = other
        guard case .blocked = outcome else { return .done(()) }
        return waiter.map { .waiting(sending.pointee.waiters.append($0)) } ?? .refused
    }
}
