extension SendingSocket {
    /// Sends a message whole; suspends the task while there is no room for it.
    ///
    /// Does not suspend if there is room, but for one call in 256, which lets other tasks have the
    /// thread for a moment. If the task is cancelled before the message could be
    /// sent, nothing has been sent.
    ///
    /// C: `zmq_msg_send`, `zmq_send`.
    /// - Throws: `cancelled`; otherwise as the blocking `send`.
    @inlinable
    public func send(_ message: Message) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.trySend(message) {
            if handle.core.sendTurns.isOver { await Task.yield() }
            return
        }
        try await handle.core.sendSuspending(message)
    }

    /// Sends a message whole; suspends the task for at most `timeout` while there is no room.
    /// - Throws: `cancelled`, `timedOut`; otherwise as the blocking `send`.
    @inlinable
    public func send(_ message: Message, timeout: Duration) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.trySend(message) {
            if handle.core.sendTurns.isOver { await Task.yield() }
            return
        }
        try await handle.core.sendSuspending(message, timeout: timeout)
    }

    /// Sends a message of one frame with a copy of `bytes`; suspends while there is no room.
    ///
    /// The bytes are copied before the task is suspended.
    ///
    /// C: `zmq_send`.
    /// - Throws: as `send(_:)`.
    @inlinable
    public func send(copying bytes: UnsafeRawBufferPointer) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.trySend(copying: bytes) {
            if handle.core.sendTurns.isOver { await Task.yield() }
            return
        }
        try await handle.core.sendSuspending(Message(copying: bytes))
    }

    /// Sends a message of one frame with a copy of `bytes`; suspends while there is no room.
    ///
    /// The bytes are copied before the task is suspended.
    ///
    /// C: `zmq_send`.
    /// - Throws: as `send(_:)`.
    @inlinable
    public func send(copying bytes: RawSpan) async throws(ZeroMQError) {
        if !Task.isCancelled, try trySend(copying: bytes) {
            if handle.core.sendTurns.isOver { await Task.yield() }
            return
        }
        let message = bytes.withUnsafeBytes { Message(copying: $0) }
        try await handle.core.sendSuspending(message)
    }

    /// Suspends the task until every message accepted so far is out of this socket's hands.
    /// - Throws: `cancelled`; otherwise as the blocking `flush`.
    public func flush(timeout: Duration? = nil) async throws(ZeroMQError) {
        try await handle.core.flush(patience: Patience(timeout))
    }
}
