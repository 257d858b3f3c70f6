/// The events of one socket, in order. At most 1,024 are kept; `missed` tells of the rest.
public struct SocketEvents: Sendable {
    let core: SocketCore

    /// Takes the oldest event, waiting for one as long as `timeout` says; for ever if it is nil.
    ///
    /// Nil if there was none in time, or the socket is closed and all events have been taken.
    @available(*, noasync)
    public func next(timeout: Duration? = nil) -> SocketEvent? {
        guard !core.context.isForked else { return tryNext() }
        let deadline = Deadline(Patience(timeout), clock: core.context.clock)
        return core.events.next(deadline: deadline, clock: core.context.clock)
    }

    /// Takes the oldest event if there is one.
    public func tryNext() -> SocketEvent? {
        core.events.next(deadline: nil, clock: core.context.clock)
    }
}
