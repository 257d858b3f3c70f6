internal import ZeroMQProtocol

/// Talks to plain TCP peers that know nothing of ZeroMQ.
///
/// C: `ZMQ_STREAM`. Each message is a routing id and one frame of octets, as they came; an empty
/// frame says that the connection has come or gone, and sending one closes it.
public final class StreamSocket: SendingSocket, ReceivingSocket {
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.stream, context: context)
    }
}
