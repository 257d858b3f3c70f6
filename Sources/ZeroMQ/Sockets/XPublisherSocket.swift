internal import ZeroMQProtocol

/// A publisher that also receives: its peers' subscriptions, and their messages.
///
/// C: `ZMQ_XPUB`. Talks to SUB and XSUB. RFC 29. A subscription is received as one frame, a byte 1
/// and the topic; a cancellation begins with 0; `SubscriptionNotice` reads both. A peer that leaves
/// cancels what it had subscribed to. What comes from one peer, messages and notices, comes in the
/// order in which it sent them; with `describesMessages` both say whom they are from. Meant for
/// proxies.
public final class XPublisherSocket: PublishingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.xPublisher, context: context)
    }
}
