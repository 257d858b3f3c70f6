internal import ZeroMQReactor

/// What a proxy was told to do; shared with those who steer it.
final class ProxySteering: Sendable {
    enum Phase {
        case running
        case paused
        case terminated
    }

    private struct State {
        var phase = Phase.running
        var waiter: Waiter?
    }

    private let state = Locked(State())

    var phase: Phase { state.withLock { $0.phase } }

    func change(to phase: Phase) {
        let waiter = state.withLock { state in
            // Who has been told to end is not called back.
            if state.phase != .terminated { state.phase = phase }
            return state.waiter.take()
        }
        waiter?.wake()
    }

    /// The run that was to end has ended.
    func resume() { state.withLock { $0.phase = .running } }

    /// Has the waiter woken by the next change. False if the phase is another one by now.
    func wait(_ waiter: Waiter, unless phase: Phase) -> Bool {
        state.withLock { state in
            guard state.phase == phase else { return false }
            state.waiter = waiter
            return true
        }
    }

    func forget() { state.withLock { $0.waiter = nil } }
}
