internal import ZeroMQProtocol

/// Hands tasks to its peers in turn: the upper end of a pipeline.
///
/// C: `ZMQ_PUSH`. Talks to PULL. RFC 30. Sending waits while no peer has room, and while there is
/// none.
public final class PushSocket: SendingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.push, context: context)
    }
}
