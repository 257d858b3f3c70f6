internal import ZeroMQProtocol

/// Sends each message to every peer that subscribed to how it begins.
///
/// C: `ZMQ_PUB`. Talks to SUB and XSUB. RFC 29. Sending never waits: a peer whose queue is full
/// misses the message, unless the publisher is lossless.
public final class PublisherSocket: SendingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.publisher, context: context)
    }

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
}
