/// A socket whose messages go to whoever subscribed to how they begin.
public protocol PublishingSocket: SendingSocket {}

extension PublishingSocket {
    /// Whether sending waits while a subscriber's queue is full, instead of dropping for it.
    ///
    /// C: `ZMQ_XPUB_NODROP`. Default false. Takes effect at once.
    public var isLossless: Bool {
        get { handle.core.withSender { $0.isLossless } }
        set { handle.core.withSender { $0.isLossless = newValue } }
    }

    /// How many subscriptions all peers hold together.
    public var subscriptionCount: Int { handle.core.withSender { $0.subscriptions.count } }

    /// Waits until at least `count` peers hold a subscription under which `topic` would reach them.
    ///
    /// What is published afterwards reaches them: nobody has to sleep for slow joiners.
    /// - Throws: `timedOut`, `socketClosed`, `contextShutDown`.
    @available(*, noasync)
    public func waitForSubscribers(
        atLeast count: Int,
        to topic: Frame = "",
        timeout: Duration? = nil
    ) throws(ZeroMQError) {
        try handle.core.waitForSubscribers(count, to: topic, patience: Patience(timeout))
    }

    /// Suspends the task until at least `count` peers would get what begins with `topic`.
    ///
    /// What is published afterwards reaches them: nobody has to sleep for slow joiners.
    /// - Throws: `timedOut`, `cancelled`, `socketClosed`, `contextShutDown`.
    public func subscribers(
        atLeast count: Int,
        to topic: Frame = "",
        timeout: Duration? = nil
    ) async throws(ZeroMQError) {
        try await handle.core.waitForSubscribers(count, to: topic, patience: Patience(timeout))
    }
}
