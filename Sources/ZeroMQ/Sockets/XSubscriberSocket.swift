internal import ZeroMQProtocol

/// A subscriber that subscribes by sending messages.
///
/// C: `ZMQ_XSUB`. Talks to PUB and XPUB. RFC 29. A frame that begins with byte 1 subscribes to
/// what follows, one that begins with 0 cancels; anything else goes to all publishers. Meant for
/// proxies.
public final class XSubscriberSocket: SendingSocket, SubscribingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.xSubscriber, context: context)
    }

    /// Whether every cancellation is sent to the publishers, not only the last of a topic.
    ///
    /// C: `ZMQ_XSUB_VERBOSE_UNSUBSCRIBE`. Default false. Takes effect at once.
    public var forwardsEveryCancellation: Bool {
        get { handle.core.withReceiver { $0.forwardsEveryCancellation } }
        set { handle.core.withReceiver { $0.forwardsEveryCancellation = newValue } }
    }
}
