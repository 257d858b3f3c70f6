internal import ZeroMQReactor

/// Waiting in asynchronous code, for descriptors as well as for sockets.
extension Poller {
    /// Suspends the task until something is ready, at most as long as `timeout`; nil is no limit.
    ///
    /// Timers that become due meanwhile run. Empty if nothing was ready in time, or if `stop` was
    /// called.
    ///
    /// C: `zmq_poll`, `zmq_poller_wait_all`.
    /// - Throws: `cancelled`; otherwise as the blocking form.
    public func wait(timeout: Duration? = nil) async throws -> [Event] {
        try checkProcess()
        let deadline = Deadline(Patience(timeout), clock: clock)
        while true {
            guard !Task.isCancelled else { throw ZeroMQError.cancelled }
            try runTimers()
            let events = look(until: deadline.instant, mayWait: false)
            if !events.isEmpty || mailbox.takeStop() { return events }
            if deadline.hasPassed(clock) {
                try runTimers()
                return []
            }
            try await sleep(until: nextWakeUp(deadline.instant))
        }
    }

    /// Waits and calls handlers until `stop` is called, a handler throws, or the task is cancelled.
    /// - Throws: `cancelled`; otherwise as the blocking form.
    public func run() async throws {
        while try handle(await wait()) {}
    }

    /// Suspends the task until a socket posts, a descriptor is ready, or the instant has come.
    private func sleep(until instant: Instant?) async throws(ZeroMQError) {
        let parker = TaskParker()
        let (poller, hasMail) = mailbox.setTask(parker)
        defer { _ = mailbox.setTask(nil) }
        guard !hasMail else { return }
        let loop = try homeContext.firstLoop()
        let watch = poller.map { PollerWatch($0, on: loop, parker) }
        defer { watch?.end() }
        let alarm = instant.map { Alarm(loop: loop, at: $0) { parker.resume(.woken) } }
        defer { alarm?.cancel() }
        if case .cancelled = await parker.park() { throw .cancelled }
    }

    /// Whose loop keeps the time: that of a socket, if there is one.
    private var homeContext: ContextCore {
        for case .socket(let socket) in entries.values.lazy.map(\.subject) {
            return socket.handle.core.context
        }
        return Context.shared.core
    }
}

/// Has an event loop look at the kernel's poller of a `Poller`, for a task that waits.
private final class PollerWatch: EventHandler, @unchecked Sendable {
    // Sendable because `registration` is touched on the loop only, and the rest does not change.

    /// Kept, so that the descriptor is open until the loop has forgotten it.
    private let poller: DescriptorPoller
    private let loop: EventLoop
    private let parker: TaskParker
    private var registration: Registration?

    init(_ poller: DescriptorPoller, on loop: EventLoop, _ parker: TaskParker) {
        self.poller = poller
        self.loop = loop
        self.parker = parker
        let isBegun = loop.execute { [self] in
            do throws(SystemError) {
                registration = try loop.register(poller.descriptor, handler: self)
            } catch {
                // The loop cannot tell, for want of memory: the task looks for itself, in a while.
                _ = loop.schedule(at: SystemClock().now + .milliseconds(10)) {
                    parker.resume(.woken)
                }
            }
        }
        if !isBegun { parker.resume(.woken) }
    }

    func handle(_ readiness: ZeroMQReactor.Readiness) { parker.resume(.woken) }

    func end() {
        loop.execute { [self] in
            if let registration { loop.deregister(registration) }
            registration = nil
        }
    }
}
