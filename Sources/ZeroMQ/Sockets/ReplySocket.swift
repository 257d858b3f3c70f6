internal import ZeroMQProtocol

/// Answers: receives a request, sends its reply, and so on in turn.
///
/// C: `ZMQ_REP`. Talks to REQ and DEALER. RFC 28. Requests are taken from all peers in turn. A
/// reply goes to the asking peer, through as many intermediaries as the request came; if nobody is
/// there any more, or as many replies wait for that peer as `sendHighWaterMark` allows, it is
/// dropped and counted (`peerGone`, `peerFull`).
public final class ReplySocket: SendingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.reply, context: context)
    }
}
