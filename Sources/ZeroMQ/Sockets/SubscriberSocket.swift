internal import ZeroMQProtocol

/// Receives what publishers send, as far as it begins with a topic subscribed to.
///
/// C: `ZMQ_SUB`. Talks to PUB and XPUB. RFC 29. Without a subscription nothing is received.
public final class SubscriberSocket: ReceivingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.subscriber, context: context)
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
