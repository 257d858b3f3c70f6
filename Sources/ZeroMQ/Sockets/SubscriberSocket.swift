internal import ZeroMQProtocol

/// Receives what publishers send, as far as it begins with a topic subscribed to.
///
/// C: `ZMQ_SUB`. Talks to PUB and XPUB. RFC 29. Without a subscription nothing is received.
public final class SubscriberSocket: SubscribingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.subscriber, context: context)
    }

    /// Whether those messages are received that no subscription matches, and no others.
    ///
    /// C: `ZMQ_INVERT_MATCHING`. Default false. Takes effect at once. Publishers have to be set to
    /// the same.
    public var invertsMatching: Bool {
        get { handle.core.withReceiver { $0.invertsMatching } }
        set { handle.core.withReceiver { $0.invertsMatching = newValue } }
    }
}
