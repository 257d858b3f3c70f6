internal import ZeroMQReactor

/// Where sockets tell a poller that something may be ready, from any thread.
///
/// The poller sleeps on a futex as long as it waits for sockets only; once descriptors come into
/// it, or a caller wants a descriptor for the poller itself, it sleeps in the kernel's poller.
final class PollerMailbox: Sendable {
    enum Side {
        case receiving
        case sending
    }

    private struct State {
        var notes: [(number: UInt64, side: Side)] = []
        var isStopped = false
        /// The task that waits, if it is one that does.
        var task: TaskParker?
        var poller: DescriptorPoller?
        /// The descriptor was given to a caller that may be waiting for it.
        var isShown = false
        var isSignalled = false
    }

    private let state = Locked(State())
    private let parker = ThreadParker()

    func post(_ number: UInt64, _ side: Side) {
        let (poller, task) = state.withLock { state in
            state.notes.append((number, side))
            return (state.poller, state.task)
        }
        wake(poller, task)
    }

    func stop() {
        let (poller, task) = state.withLock { state in
            state.isStopped = true
            return (state.poller, state.task)
        }
        wake(poller, task)
    }

    /// Makes posts wake a task from now on; nil for none. Returns the kernel's poller, if
    /// there is one, and whether something was posted before, of which nobody will tell.
    func setTask(_ task: TaskParker?) -> (poller: DescriptorPoller?, hasMail: Bool) {
        state.withLock { state in
            state.task = task
            return (state.poller, !state.notes.isEmpty || state.isStopped)
        }
    }

    private func wake(_ poller: DescriptorPoller?, _ task: TaskParker?) {
        task?.resume(.woken)
        if let poller {
            state.withLock { $0.isSignalled = true }
            poller.signal()
        } else {
            parker.unpark()
        }
    }

    func takeStop() -> Bool {
        state.withLock { state in
            defer { state.isStopped = false }
            return state.isStopped
        }
    }

    func take() -> [(number: UInt64, side: Side)] {
        state.withLock { state in
            defer { state.notes.removeAll(keepingCapacity: true) }
            return state.notes
        }
    }

    /// The kernel's poller, made when it is first needed.
    func descriptorPoller(isShown: Bool) throws(SystemError) -> DescriptorPoller {
        let poller = try state.withLock { state throws(SystemError) -> DescriptorPoller? in
            var poller = state.poller
            if poller == nil { poller = try DescriptorPoller() }
            state.poller = poller
            if isShown { state.isShown = true }
            // An earlier post woke another sleeper.
            state.isSignalled = true
            return poller
        }
        guard let poller else { preconditionFailure("a poller was made and is not there") }
        poller.signal()
        return poller
    }

    /// Sleeps until a socket posts or the instant has come; descriptors are asked in any case.
    func sleep(
        _ mayWait: Bool,
        until instant: Instant?,
        _ clock: SystemClock,
        into reports: inout [ReadyEvent]
    ) {
        let (poller, hasMail) = state.withLock {
            ($0.poller, !$0.notes.isEmpty || $0.isStopped)
        }
        let sleeps = mayWait && !hasMail
        guard let poller else {
            reports.removeAll(keepingCapacity: true)
            if sleeps { _ = parker.park(until: instant) }
            return
        }
        guard sleeps else { return poller.wait(nanoseconds: 0, into: &reports) }
        poller.wait(
            nanoseconds: instant.map { max(0, ($0 - clock.now).nanoseconds) },
            into: &reports
        )
    }

    /// The descriptor stays readable while something is ready, and else ceases to be.
    func setSignal(_ isOn: Bool) {
        state.withLock { state in
            guard let poller = state.poller else { return }
            let wanted = (isOn && state.isShown) || !state.notes.isEmpty || state.isStopped
            guard wanted != state.isSignalled else { return }
            state.isSignalled = wanted
            if wanted { poller.signal() } else { poller.clearSignal() }
        }
    }
}
