/// The events of one socket, in order. At most 1,024 are kept; `missed` tells of the rest.
///
/// An asynchronous sequence that ends when the socket is closed and all events have been taken, or
/// when the task is cancelled. Each event goes to one of those who ask; nobody holds up the socket.
///
/// C: `zmq_socket_monitor`.
public struct SocketEvents: AsyncSequence, Sendable {
    public typealias Element = SocketEvent
    public typealias Failure = Never

    let core: SocketCore

    /// Takes the oldest event, waiting for one as long as `timeout` says; nil is no limit.
    ///
    /// Nil if there was none in time, the socket is closed and all events have been taken, or this
    /// is a child that was forked.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func next(timeout: Duration? = nil) -> SocketEvent? {
        guard !core.context.isForked else { return nil }
        let deadline = Deadline(Patience(timeout), clock: core.context.clock)
        return core.events.next(deadline: deadline, context: core.context)
    }

    /// Takes the oldest event, suspending the task as long as `timeout` says; nil is no limit.
    ///
    /// Nil if there was none in time, the task was cancelled, or the socket is closed and all
    /// events have been taken.
    public func next(timeout: Duration? = nil) async -> SocketEvent? {
        try? await core.events.next(patience: Patience(timeout), context: core.context)
    }

    /// Takes the oldest event if there is one.
    public func tryNext() -> SocketEvent? {
        core.context.isForked ? nil : core.events.tryNext()
    }

    public func makeAsyncIterator() -> Iterator { Iterator(core: core) }

    /// Takes events one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let core: SocketCore

        /// Takes the oldest event; nil after the last, or when the task is cancelled.
        public mutating func next() async -> SocketEvent? {
            try? await core.events.next(patience: .forever, context: core.context)
        }

        /// Takes the oldest event on the given actor; nil after the last, or when cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> SocketEvent? {
            try? await core.events.next(patience: .forever, context: core.context)
        }
    }
}
