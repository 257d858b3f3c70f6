internal import ZeroMQProtocol

/// Collects from all its peers in turn: the lower end of a pipeline.
///
/// C: `ZMQ_PULL`. Talks to PUSH. RFC 30.
public final class PullSocket: ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.pull, context: context)
    }
}
