extension RequestSocket {
    /// Sends a request and waits for its reply, at most as long as `timeout`; nil is for ever.
    ///
    /// However it ends, the socket is ready for the next request: a reply that comes too late is
    /// dropped, because every request made this way carries an id that its reply brings back. REP
    /// returns it by itself; a ROUTER has to return all frames up to the empty one, as RFC 28 asks.
    /// If the connection breaks under the request, the call throws instead of waiting in vain.
    ///
    /// Several threads may ask at the same time; their requests are made one after the other.
    /// - Throws: `timedOut`; `notConnected` if the peer went away with the request; `invalidState`
    ///   while a request made with `send` is under way; `socketClosed`, `contextShutDown`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func request(
        _ message: Message,
        timeout: Duration? = nil
    ) throws(ZeroMQError) -> Message {
        try handle.core.request(message, patience: Patience(timeout))
    }

    /// Sends a request and suspends the task until its reply comes; see the blocking form.
    ///
    /// A task that is cancelled gives its request up.
    /// - Throws: `cancelled`; otherwise as the blocking form.
    public func request(
        _ message: Message,
        timeout: Duration? = nil
    ) async throws(ZeroMQError) -> Message {
        try await handle.core.request(message, patience: Patience(timeout))
    }
}
