/// A socket whose messages go to the peers that subscribed to how they begin.
public protocol PublishingSocket: SendingSocket {}

extension PublishingSocket {
    /// Whether sending waits while a subscriber's queue is full, instead of dropping for it.
    ///
    /// C: `ZMQ_XPUB_NODROP`. Default false. Takes effect at once.
    public var isLossless: Bool {
        get { handle.core.withSender { $0.isLossless } }
        set { handle.core.withSender { $0.isLossless = newValue } }
    }

    /// What every new peer gets first, if it is subscribed to it by then; nil for nothing.
    ///
    /// C: `ZMQ_XPUB_WELCOME_MSG`. Default nil. Takes effect with the next peer.
    public var welcomeMessage: Message? {
        get { handle.core.withSender { $0.welcomeMessage } }
        set { handle.core.withSender { $0.welcomeMessage = newValue } }
    }

    /// Whether a message goes to those peers that are not subscribed to it, and to no others.
    ///
    /// C: `ZMQ_INVERT_MATCHING`. Default false. Takes effect at once. Subscribers have to be set to
    /// the same.
    public var invertsMatching: Bool {
        get { handle.core.withSender { $0.invertsMatching } }
        set { handle.core.withSender { $0.invertsMatching = newValue } }
    }

    /// How many subscriptions all peers hold together.
    public var subscriptionCount: Int { handle.core.withSender { $0.subscriptions.count } }

    /// How many different topics the peers are subscribed to.
    ///
    /// C: `ZMQ_TOPICS_COUNT`.
    public var topicCount: Int { handle.core.withSender { $0.subscriptions.topicCount } }

    /// Waits until at least `count` peers hold a subscription under which `topic` would reach them.
    ///
    /// What is published afterwards reaches them: nobody has to sleep for slow joiners. Without a
    /// topic every peer counts that has subscribed to anything; an empty topic stands for those who
    /// have subscribed to everything.
    /// - Throws: `timedOut`, `socketClosed`, `contextShutDown`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func waitForSubscribers(
        atLeast count: Int = 1,
        to topic: Frame? = nil,
        timeout: Duration? = nil
    ) throws(ZeroMQError) {
        try handle.core.waitForSubscribers(count, to: topic, patience: Patience(timeout))
    }

    /// Suspends the task until at least `count` peers would get what begins with `topic`.
    ///
    /// See the blocking form.
    /// - Throws: `timedOut`, `cancelled`, `socketClosed`, `contextShutDown`.
    public func waitForSubscribers(
        atLeast count: Int = 1,
        to topic: Frame? = nil,
        timeout: Duration? = nil
    ) async throws(ZeroMQError) {
        try await handle.core.waitForSubscribers(count, to: topic, patience: Patience(timeout))
    }
}
