/// Receiving for a while, where it is no error that nothing comes, and until an instant.
extension ReceivingSocket {
    /// Takes the next message; nil if none came within `duration`.
    ///
    /// For loops that have something to do when it is quiet, such as sending a heartbeat. The
    /// socket's `receiveTimeout` does not count.
    /// - Throws: as `receive()`, but for `timedOut`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func receive(within duration: Duration) throws(ZeroMQError) -> Message? {
        do throws(ZeroMQError) {
            return try receive(timeout: duration)
        } catch {
            guard error.code == .timedOut else { throw error }
            return nil
        }
    }

    /// Takes the next message, suspending the task; nil if none came within `duration`.
    /// - Throws: as the blocking form; `cancelled`.
    public func receive(within duration: Duration) async throws(ZeroMQError) -> Message? {
        do throws(ZeroMQError) {
            return try await receive(timeout: duration)
        } catch {
            guard error.code == .timedOut else { throw error }
            return nil
        }
    }

    /// Takes the next message; nil if none came until `deadline`.
    ///
    /// One that is there already is taken even if the deadline has passed.
    /// - Throws: as `receive()`, but for `timedOut`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func receive(until deadline: ContinuousClock.Instant) throws(ZeroMQError) -> Message? {
        try receive(within: deadline.remaining)
    }

    /// Takes the next message, suspending the task; nil if none came until `deadline`.
    /// - Throws: as the blocking form; `cancelled`.
    public func receive(
        until deadline: ContinuousClock.Instant
    ) async throws(ZeroMQError) -> Message? {
        try await receive(within: deadline.remaining)
    }
}

extension SendingSocket {
    /// Sends a message whole; waits while there is no room for it, at most until `deadline`.
    /// - Throws: as `send(_:timeout:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func send(
        _ message: Message,
        until deadline: ContinuousClock.Instant
    ) throws(ZeroMQError) {
        try send(message, timeout: deadline.remaining)
    }

    /// Sends a message whole; suspends the task while there is no room, at most until `deadline`.
    /// - Throws: as `send(_:timeout:)`; `cancelled`.
    public func send(
        _ message: Message,
        until deadline: ContinuousClock.Instant
    ) async throws(ZeroMQError) {
        try await send(message, timeout: deadline.remaining)
    }
}

extension ContinuousClock.Instant {
    /// How long it is until this instant; zero once it has passed.
    var remaining: Duration { max(.zero, self - .now) }
}
