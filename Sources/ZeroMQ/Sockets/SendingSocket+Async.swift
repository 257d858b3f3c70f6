extension SendingSocket {
    /// Sends a message whole; suspends the task while there is no room for it.
    ///
    /// Does not suspend if there is room. If the task is cancelled before the message could be
    /// sent, nothing has been sent.
    ///
    /// C: `zmq_msg_send`, `zmq_send`.
    /// - Throws: `cancelled`; otherwise as the blocking `send`.
    @inlinable
    public func send(_ message: Message) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.trySend(message) { return }
        try await handle.core.sendSuspending(message)
    }

    /// Sends a message whole; suspends the task for at most `timeout` while there is no room.
    /// - Throws: `cancelled`, `timedOut`; otherwise as the blocking `send`.
    @inlinable
    public func send(_ message: Message, timeout: Duration) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.trySend(message) { return }
        try await handle.core.sendSuspending(message, timeout: timeout)
    }

    /// Suspends the task until every message accepted so far is out of this socket's hands.
    /// - Throws: `cancelled`; otherwise as the blocking `flush`.
    public func flush(timeout: Duration? = nil) async throws(ZeroMQError) {
        try await handle.core.flush(patience: Patience(timeout))
    }
}
