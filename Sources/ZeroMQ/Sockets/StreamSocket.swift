internal import ZeroMQProtocol

/// Talks to plain TCP peers that know nothing of ZeroMQ.
///
/// C: `ZMQ_STREAM`. Each message is a routing id and one frame of bytes, as they came; an empty
/// frame says that the connection has come or gone, and sending one closes it.
///
/// A close needs no room in a full queue. What was sent before goes first, unless the peer takes
/// nothing for five seconds or `linger` is over: the rest is then dropped and counted (`peerGone`).
/// From the close on the routing id is unknown. `disconnect` of a peer does the same, and in
/// `peers` each connection has its routing id.
public final class StreamSocket: SendingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.stream, context: context)
    }
}
