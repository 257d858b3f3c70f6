/// A socket that receives what begins with a topic it subscribed to.
public protocol SubscribingSocket: ReceivingSocket {}

extension SubscribingSocket {
    /// Asks for messages that begin with `topic`; an empty topic asks for all.
    ///
    /// C: `ZMQ_SUBSCRIBE`. Counted: two subscriptions need two cancellations. Takes effect at once,
    /// with every peer, now and after every reconnect. Peers are told of each subscription, and of
    /// the last cancellation.
    /// - Throws: `invalidOption` if the topic is longer than peers have to accept.
    public func subscribe(_ topic: Frame = "") throws(ZeroMQError) {
        try handle.core.subscribe(topic)
    }

    /// How many different topics the socket is subscribed to.
    ///
    /// C: `ZMQ_TOPICS_COUNT`.
    public var topicCount: Int { handle.core.withReceiver { $0.subscriptions.count } }

    /// Takes back one subscription.
    ///
    /// C: `ZMQ_UNSUBSCRIBE`.
    /// - Throws: `notFound` if there is none.
    public func unsubscribe(_ topic: Frame = "") throws(ZeroMQError) {
        try handle.core.unsubscribe(topic)
    }
}
