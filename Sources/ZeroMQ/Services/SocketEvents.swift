/// An observer of what happens to one socket: its events, in order.
///
/// Every use of `Socket.events` makes an observer of its own, and each of them gets every event.
/// The first begins with the socket's first event; a later one with the first event that no
/// observer has taken yet. An observer that does not read holds up neither the socket nor the
/// others: the newest 1,024 events are kept, and `missed` tells each observer how many it did not
/// see.
///
/// An asynchronous sequence that ends when the socket is closed and all events have been taken, or
/// when the task is cancelled. Copies of one value are the same observer, and each event goes to
/// one of those who ask it.
///
/// C: `zmq_socket_monitor`.
public struct SocketEvents: AsyncSequence, Sendable {
    public typealias Element = SocketEvent
    public typealias Failure = Never

    let observer: EventObserver

    init(core: SocketCore) { observer = EventObserver(core) }

    /// Takes the oldest event, waiting for one as long as `timeout` says; nil is no limit.
    ///
    /// Nil if there was none in time, the socket is closed and all events have been taken, or this
    /// is a child that was forked.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func next(timeout: Duration? = nil) -> SocketEvent? {
        guard !observer.context.isForked else { return nil }
        let deadline = Deadline(Patience(timeout), clock: observer.context.clock)
        return observer.next(deadline: deadline)
    }

    /// Takes the oldest event, suspending the task as long as `timeout` says; nil is no limit.
    ///
    /// Nil if there was none in time, the task was cancelled, or the socket is closed and all
    /// events have been taken.
    public func next(timeout: Duration? = nil) async -> SocketEvent? {
        await observer.next(patience: Patience(timeout))
    }

    /// Takes the oldest event if there is one.
    public func tryNext() -> SocketEvent? { observer.tryNext() }

    public func makeAsyncIterator() -> Iterator { Iterator(observer: observer) }

    /// Takes events one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let observer: EventObserver

        /// Takes the oldest event; nil after the last, or when the task is cancelled.
        public mutating func next() async -> SocketEvent? {
            await observer.next(patience: .forever)
        }

        /// Takes the oldest event on the given actor; nil after the last, or when cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> SocketEvent? {
            await observer.next(patience: .forever)
        }
    }
}

/// One observer's place among the events of a socket, given back when the last copy goes.
final class EventObserver: Sendable {
    private let core: SocketCore
    /// Zero in a forked child, where a lock that another thread held is never released.
    private let number: UInt64

    init(_ core: SocketCore) {
        self.core = core
        number = core.context.isForked ? 0 : core.events.addObserver()
    }

    deinit {
        if number != 0, !core.context.isForked { core.events.removeObserver(number) }
    }

    var context: ContextCore { core.context }

    func tryNext() -> SocketEvent? {
        withExtendedLifetime(self) { context.isForked ? nil : core.events.tryNext(number) }
    }

    // Nothing below uses this object while it waits, so the compiler could release it too early.

    func next(deadline: Deadline) -> SocketEvent? {
        withExtendedLifetime(self) {
            core.events.next(number, deadline: deadline, context: context)
        }
    }

    func next(patience: Patience) async -> SocketEvent? {
        guard !context.isForked else { return nil }
        defer { withExtendedLifetime(self) {} }
        return try? await core.events.next(number, patience: patience, context: context)
    }
}
