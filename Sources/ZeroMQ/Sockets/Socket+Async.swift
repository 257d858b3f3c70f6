internal import ZeroMQReactor

extension Socket {
    /// Suspends the task until at least `count` peers are connected; nobody has to sleep for that.
    /// - Throws: `timedOut`, `cancelled`, `notConnected`, `socketClosed`, `contextShutDown`.
    public func waitForPeers(
        atLeast count: Int = 1,
        timeout: Duration? = nil
    ) async throws(ZeroMQError) {
        let core = handle.core
        try await core.connections.wait(
            atLeast: count,
            patience: Patience(timeout),
            context: core.context
        ) { core.life.withLock { $0.abandonment } }
    }

    /// Closes the socket and returns how many messages were not sent.
    ///
    /// Waiting calls throw `socketClosed` at once. What was accepted is sent for as long as
    /// `linger` allows; nil stands for the socket's own `linger`. The task is suspended until that
    /// is over and all descriptors are closed, even if it is cancelled.
    ///
    /// C: `zmq_close`.
    @discardableResult
    public func close(linger: Linger? = nil) async -> Int {
        await handle.core.closeSuspending(linger: linger)
    }
}

extension Context {
    /// Ends everything; see the blocking form. The task is suspended until that is done.
    ///
    /// C: `zmq_ctx_shutdown` and `zmq_ctx_term` in one.
    public func shutDown() async { await core.shutDownSuspending() }
}
