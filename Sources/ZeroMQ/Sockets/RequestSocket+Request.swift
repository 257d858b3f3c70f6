/// How the reply of a request is told from a late reply to an earlier one that was given up.
public enum RequestCorrelation: Hashable, Sendable {
    /// By its connection: who gives a request up that was sent, gives its connection up as well and
    /// makes a new one, through which the late reply cannot come.
    ///
    /// The request travels as an empty frame and the message, which is what every server expects.
    case connection
    /// By an id in a frame of its own before the empty one, which the reply brings back.
    ///
    /// REP returns it by itself. A ROUTER has to return all frames up to the empty one, as RFC 28
    /// asks; servers that count frames cannot be asked like this. C: `ZMQ_REQ_CORRELATE`.
    case id
}

extension RequestSocket {
    /// Sends a request and waits for its reply, at most as long as `timeout`; nil is no limit.
    ///
    /// However it ends, the socket is ready for the next request, and no reply that comes too late
    /// is ever taken for another one. It talks to every server, those that count frames included;
    /// see `RequestCorrelation`. Nil as `correlation` is `.id` if the socket `isCorrelated`, else
    /// `.connection`, for which the socket must have no `routingID`.
    ///
    /// Only connected peers are asked. While there is none the request waits for the first that
    /// comes. A request that is given up before the system has taken it is taken back: no peer
    /// receives it. After that it may be carried out, or not; `ZeroMQError.wasSent` tells the two
    /// apart. If the connection breaks under the request, the call throws instead of waiting in
    /// vain; if that was before the request was sent, it is sent again.
    ///
    /// Several threads may ask at the same time; their requests are made one after the other, and
    /// `timeout` includes the time in line. A `RequestClient` makes them side by side.
    /// - Throws: `timedOut`, saying who is not there if nobody is; `notConnected` if the peer went
    ///   away with the request, or if every endpoint was given up; `invalidState` while a request
    ///   made with `send` is under way; `invalidMessage`, `invalidOption`, `socketClosed`,
    ///   `contextShutDown`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func request(
        _ message: Message,
        timeout: Duration? = nil,
        correlation: RequestCorrelation? = nil
    ) throws(ZeroMQError) -> Message {
        try handle.core.request(message, correlation, patience: Patience(timeout))
    }

    /// Sends a request and suspends the task until its reply comes; see the blocking form.
    ///
    /// A task that is cancelled gives its request up, in the same way as when the time is over.
    /// - Throws: `cancelled`; otherwise as the blocking form.
    public func request(
        _ message: Message,
        timeout: Duration? = nil,
        correlation: RequestCorrelation? = nil
    ) async throws(ZeroMQError) -> Message {
        try await handle.core.request(message, correlation, patience: Patience(timeout))
    }
}
