internal import ZeroMQProtocol

/// Sends each message to every peer that subscribed to how it begins.
///
/// C: `ZMQ_PUB`. Talks to SUB and XSUB. RFC 29. Sending never waits: a peer whose queue is full
/// misses the message, unless the publisher is lossless. So `trySend` does the same without an
/// `await`, and its answer is always true unless the publisher is lossless.
public final class PublisherSocket: PublishingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.publisher, context: context)
    }
}
