internal import ZeroMQProtocol

/// Sends to its peers in turn and receives from all of them: REQ without lock-step.
///
/// C: `ZMQ_DEALER`. Talks to REP, DEALER and ROUTER. RFC 28. To talk to REP, begin each message
/// with an empty frame. Sending waits while no peer has room.
public final class DealerSocket: SendingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.dealer, context: context)
    }
}
