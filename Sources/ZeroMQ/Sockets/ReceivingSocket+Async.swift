extension ReceivingSocket {
    /// Takes the next message; suspends the task while there is none.
    ///
    /// If a message is there, does not suspend, except that every 256th call yields the thread to
    /// other tasks. A task that is cancelled, before or while it waits, has taken nothing. Checking
    /// for cancellation is most of what this costs more than the blocking call; `tryReceive` does
    /// not check.
    ///
    /// C: `zmq_msg_recv`, `zmq_recv`.
    /// - Throws: `cancelled`; otherwise as the blocking `receive`.
    @inlinable
    public func receive() async throws(ZeroMQError) -> Message {
        if !Task.isCancelled, let message = try handle.core.tryReceive() {
            if handle.core.receiveTurns.isOver { await Task.yield() }
            return message
        }
        return try await handle.core.receiveSuspending()
    }

    /// Takes the next message; suspends the task for at most `timeout` while there is none.
    /// - Throws: `cancelled`, `timedOut`; otherwise as the blocking `receive`.
    @inlinable
    public func receive(timeout: Duration) async throws(ZeroMQError) -> Message {
        if !Task.isCancelled, let message = try handle.core.tryReceive() {
            if handle.core.receiveTurns.isOver { await Task.yield() }
            return message
        }
        return try await handle.core.receiveSuspending(timeout: timeout)
    }

    /// Takes the next message into one that is not needed any more; suspends while there is none.
    ///
    /// See the blocking form. If the task is cancelled, nothing has been taken.
    /// - Throws: `cancelled`; otherwise as the blocking `receive`.
    @inlinable
    public func receive(into message: inout Message) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.tryReceive(into: &message) {
            if handle.core.receiveTurns.isOver { await Task.yield() }
            return
        }
        message = try await handle.core.receiveSuspending()
    }

    /// Takes the next message into one that is not needed any more; suspends for at most `timeout`.
    /// - Throws: `cancelled`, `timedOut`; otherwise as the blocking `receive`.
    @inlinable
    public func receive(
        into message: inout Message,
        timeout: Duration
    ) async throws(ZeroMQError) {
        if !Task.isCancelled, try handle.core.tryReceive(into: &message) {
            if handle.core.receiveTurns.isOver { await Task.yield() }
            return
        }
        message = try await handle.core.receiveSuspending(timeout: timeout)
    }

    /// The messages as they come, until the socket is closed.
    ///
    /// Ends when the socket is closed and throws what else `receive` throws, `cancelled` among it;
    /// `receiveTimeout` does not count. Each message goes to one of those who iterate or receive.
    /// Nothing is taken ahead: a message that nobody asks for stays in the socket's queue.
    @inlinable
    public var messages: Messages { Messages(handle.core) }
}
