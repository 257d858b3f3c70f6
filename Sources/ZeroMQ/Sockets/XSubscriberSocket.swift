internal import ZeroMQProtocol

/// A subscriber that subscribes by sending messages.
///
/// C: `ZMQ_XSUB`. Talks to PUB and XPUB. RFC 29. A frame that begins with octet 1 subscribes to
/// what follows, one that begins with 0 cancels; anything else goes to all publishers. Meant for
/// proxies.
public final class XSubscriberSocket: SendingSocket, ReceivingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.xSubscriber, context: context)
    }

    /// Asks for messages that begin with `topic`; an empty topic asks for all.
    ///
    /// C: `ZMQ_SUBSCRIBE`. Counted: two subscriptions need two cancellations. Takes effect at once,
    /// with every peer, now and after every reconnect.
    /// - Throws: `invalidOption` if the topic is longer than peers have to accept.
    public func subscribe(_ topic: Frame = "") throws(ZeroMQError) {
        try handle.core.subscribe(topic)
    }

    /// Takes back one subscription.
    ///
    /// C: `ZMQ_UNSUBSCRIBE`.
    /// - Throws: `notFound` if there is none.
    public func unsubscribe(_ topic: Frame = "") throws(ZeroMQError) {
        try handle.core.unsubscribe(topic)
    }
}
