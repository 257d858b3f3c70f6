internal import ZeroMQProtocol

/// Talks to exactly one peer, both ways.
///
/// C: `ZMQ_PAIR`. Talks to PAIR. RFC 31. A second peer is refused while the first is there. Mostly
/// used over inproc, between the threads of a program.
public final class PairSocket: SendingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.pair, context: context)
    }
}
