extension XPublisherSocket {
    /// Which changes of its peers' subscriptions the socket receives.
    ///
    /// C: `ZMQ_XPUB_VERBOSE`, `ZMQ_XPUB_VERBOSER`. Default `changes`. Takes effect at once.
    public var notices: SubscriptionNotices {
        get { handle.core.withSender { $0.notices } }
        set { handle.core.withSender { $0.notices = newValue } }
    }

    /// Whether peers get what this program grants them, and not what they subscribe to.
    ///
    /// C: `ZMQ_XPUB_MANUAL`. Default false. Takes effect at once. Every subscription and
    /// cancellation is received as a notice, and so is, when a peer leaves, the cancellation of
    /// each topic that it had asked for, whatever it was granted; `grant` and `revoke` then speak
    /// of the peer whose notice was received last. A peer with 100,000 notices that nobody has
    /// received is refused.
    public var isManual: Bool {
        get { handle.core.withSender { $0.isManual } }
        set { handle.core.withSender { $0.isManual = newValue } }
    }

    /// Subscribes the peer whose notice was received last; nothing happens if it has gone.
    ///
    /// C: `ZMQ_SUBSCRIBE` on an XPUB.
    /// - Throws: `invalidState` unless `isManual` is set and a notice has been received.
    public func grant(_ topic: Frame) throws(ZeroMQError) {
        try handle.core.changeGrant(topic, isSubscribe: true)
    }

    /// Takes a subscription from the peer whose notice was received last.
    ///
    /// C: `ZMQ_UNSUBSCRIBE` on an XPUB.
    /// - Throws: `invalidState` unless `isManual` is set and a notice has been received.
    public func revoke(_ topic: Frame) throws(ZeroMQError) {
        try handle.core.changeGrant(topic, isSubscribe: false)
    }

    /// Sends the next message only to the peer whose notice was received last, if it is subscribed.
    ///
    /// C: `ZMQ_XPUB_MANUAL_LAST_VALUE`. If several tasks send, the next message may be another
    /// task's: then use `sendToLastNoticed`.
    /// - Throws: `invalidState` unless `isManual` is set and a notice has been received.
    public func sendNextToLastNoticed() throws(ZeroMQError) {
        try handle.core.directNextMessage()
    }

    /// Sends a message only to the peer whose notice was received last, if it is subscribed to it.
    ///
    /// So a cache can give a newcomer the newest value without telling it to everybody again. One
    /// step: what other tasks send meanwhile goes to whom it is for. Waits for room if the socket
    /// `isLossless`.
    ///
    /// C: `ZMQ_XPUB_MANUAL_LAST_VALUE` and `zmq_send`.
    /// - Throws: `invalidState` unless `isManual` is set and a notice has been received; as
    ///   `send(_:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func sendToLastNoticed(_ message: Message) throws(ZeroMQError) {
        try handle.core.sendToLastNoticed(message)
    }

    /// Sends a message only to the peer whose notice was received last; see the blocking form.
    /// - Throws: as the blocking form; `cancelled`.
    public func sendToLastNoticed(_ message: Message) async throws(ZeroMQError) {
        try await handle.core.sendToLastNoticed(message)
    }
}
