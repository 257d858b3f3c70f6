internal import ZeroMQProtocol

/// Addresses each peer by its routing id, which is the first frame of every message.
///
/// C: `ZMQ_ROUTER`. Talks to REQ, DEALER and ROUTER. RFC 28. A peer that chose no routing id gets
/// one of five bytes, the first of them zero.
public final class RouterSocket: SendingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.router, context: context)
    }

    /// Whether sending to an absent peer throws, and sending to a full one waits.
    ///
    /// C: `ZMQ_ROUTER_MANDATORY`. Default false: such messages are dropped. Takes effect at once.
    public var isMandatory: Bool {
        get { handle.core.withSender { $0.isMandatory } }
        set { handle.core.withSender { $0.isMandatory = newValue } }
    }

    /// Whether a newcomer takes over the routing id of a peer, whose connection is then closed.
    ///
    /// C: `ZMQ_ROUTER_HANDOVER`. Default false: the newcomer is refused. Takes effect at once.
    public var allowsHandover: Bool {
        get { handle.core.withSender { $0.allowsHandover } }
        set { handle.core.withSender { $0.allowsHandover = newValue } }
    }
}
