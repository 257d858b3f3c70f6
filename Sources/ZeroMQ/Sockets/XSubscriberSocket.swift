internal import ZeroMQProtocol

/// A subscriber that subscribes by sending messages.
///
/// C: `ZMQ_XSUB`. Talks to PUB and XPUB. RFC 29. A frame that begins with octet 1 subscribes to
/// what follows, one that begins with 0 cancels; anything else goes to all publishers. Meant for
/// proxies.
public final class XSubscriberSocket: SendingSocket, SubscribingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.xSubscriber, context: context)
    }
}
