internal import ZeroMQProtocol

/// Receives what publishers send, as far as it begins with a topic subscribed to.
///
/// C: `ZMQ_SUB`. Talks to PUB and XPUB. RFC 29. Without a subscription nothing is received.
public final class SubscriberSocket: SubscribingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.subscriber, context: context)
    }
}
