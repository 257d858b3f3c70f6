internal import ZeroMQProtocol

/// Asks one peer at a time: sends a request, receives its reply, and so on in turn.
///
/// C: `ZMQ_REQ`. Talks to REP and ROUTER. RFC 28. Requests go to connected peers in turn, and wait
/// for the first while there is none; only the peer that was asked can answer. Receiving before
/// sending, or sending twice, throws `invalidState`.
public final class RequestSocket: SendingSocket, ReceivingSocket {
    /// What the socket has inside; opaque.
    public let handle: SocketHandle

    /// Makes a socket, not yet bound or connected to anything.
    public init(context: Context = .shared) {
        handle = SocketHandle(.request, context: context)
    }

    /// Whether a request may be sent while another one is under way, which is then given up.
    ///
    /// C: `ZMQ_REQ_RELAXED`. Default false. Takes effect at once. Unlike libzmq's, a late reply to
    /// the old request is never taken for that of the new one: if requests carry no id, because
    /// `isCorrelated` is false, the connection is given up with the old request. For that the
    /// socket must have no `routingID`; else `send` throws `invalidOption`.
    public var isRelaxed: Bool {
        get { handle.core.withReceiver { $0.request.isRelaxed } }
        set { handle.core.withReceiver { $0.request.isRelaxed = newValue } }
    }

    /// Whether requests carry an id, which their replies bring back; see `RequestCorrelation`.
    ///
    /// C: `ZMQ_REQ_CORRELATE`. Default false. Takes effect with the next request. Servers that
    /// count frames cannot answer such requests.
    public var isCorrelated: Bool {
        get { handle.core.withReceiver { $0.request.isCorrelated } }
        set { handle.core.withReceiver { $0.request.isCorrelated = newValue } }
    }
}
