internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Options that take effect at once, and the calls around subscriptions.
extension SocketCore {
    /// Reads or changes the sending side, inside its gate.
    func withSender<R>(_ body: (inout SendSide) -> R) -> R {
        enterSender()
        defer { leaveSender() }
        return body(&sending.pointee)
    }

    /// Reads or changes the receiving side, inside its gate.
    func withReceiver<R>(_ body: (inout ReceiveSide) -> R) -> R {
        enterReceiver()
        defer { leaveReceiver() }
        return body(&receiving.pointee)
    }

    func setOptions(_ options: SocketOptions) {
        life.withLock { $0.options = options }
        mostParts.store(options.mostParts, ordering: .relaxed)
    }

    func subscribe(_ topic: Frame) throws(ZeroMQError) {
        let most = ProtocolLimits().topicBytes
        guard topic.count <= most else {
            throw ZeroMQError(
                .invalidOption,
                "a topic of \(topic.count) bytes is too long; \(most) are allowed"
            )
        }
        try checkOpen()
        // Repetitions are sent too: a proxy's XPUB behind this socket may have to report each of
        // them.
        changeOwnSubscription(topic, isSubscribe: true)
    }

    func unsubscribe(_ topic: Frame) throws(ZeroMQError) {
        try checkOpen()
        guard changeOwnSubscription(topic, isSubscribe: false) else {
            throw ZeroMQError(.notFound, "the socket is not subscribed to this topic")
        }
    }

    /// XSUB also sends messages, and reports how many were sent before a change of subscription.
    @discardableResult
    private func changeOwnSubscription(_ topic: Frame, isSubscribe: Bool) -> Bool {
        guard kind == .xSubscriber else {
            return changeSubscription(topic, isSubscribe: isSubscribe)
        }
        enterSender()
        defer { leaveSender() }
        return changeSubscription(topic, isSubscribe: isSubscribe)
    }

    func checkOpen() throws(ZeroMQError) {
        if let ending = withReceiver({ $0.ending }) { throw ending }
    }

    /// Waits until enough peers would get a message that begins with `topic`.
    func waitForSubscribers(
        _ count: Int,
        to topic: Frame?,
        patience: Patience
    ) throws(ZeroMQError) {
        try context.checkProcess()
        let deadline = Deadline(patience, clock: context.clock)
        let parker = makeParker()
        while true {
            let attempt = try subscribersOrWait(count, to: topic, .thread(parker))
            guard case .waiting(let ticket) = attempt else { return }
            _ = parker.wait(until: deadline.instant)
            withSender { _ = $0.waiters.remove(ticket) }
            // Peers may wake the waiter again and again: being woken does not mean being in time.
            // Checks once more after the deadline: the last wake-up may have been the one.
            guard deadline.hasPassed(context.clock) else { continue }
            guard case .done = try subscribersOrWait(count, to: topic, nil) else {
                throw .tooFewSubscribers(count)
            }
            return
        }
    }

    /// Checks whether there are enough; if not, queues the waiter before it leaves the gate.
    func subscribersOrWait(
        _ count: Int,
        to topic: Frame?,
        _ waiter: Waiter?
    ) throws(ZeroMQError) -> Attempt<Void> {
        enterSender()
        defer { leaveSender() }
        if let ending = sending.pointee.ending { throw ending }
        if subscribersReached(by: topic) >= count { return .done(()) }
        if let error = sending.pointee.refusals.error { throw error }
        if waiter != nil { try checkHope() }
        return waiter.map { .waiting(sending.pointee.waiters.append($0, as: .observer)) }
            ?? .refused
    }

    /// The number of subscribers to `topic`; nil stands for any topic.
    private func subscribersReached(by topic: Frame?) -> Int {
        guard let topic else {
            return sending.pointee.subscriptions.countSubscribers { number in
                sending.pointee.subscribers[number] != nil
            }
        }
        return topic.withUnsafeBytes { topic in
            sending.pointee.subscriptions.match(topic).count { number in
                sending.pointee.subscribers[number] != nil
            }
        }
    }
}
