internal import ZeroMQProtocol

/// A publisher that also receives: its peers' subscriptions, and their messages.
///
/// C: `ZMQ_XPUB`. Talks to SUB and XSUB. RFC 29. A subscription is received as one frame, an octet
/// 1 and the topic; a cancellation begins with 0. Meant for proxies.
public final class XPublisherSocket: SendingSocket, ReceivingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.xPublisher, context: context)
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
