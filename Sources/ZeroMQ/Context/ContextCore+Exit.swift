internal import ZeroMQReactor

/// Sending at the exit of the process.
extension ContextCore {
    /// Extra time beyond the lingers, for closing and for the threads to end.
    private static var grace: Duration { .seconds(2) }

    /// Sends accepted messages for as long as the lingers allow. Called on the thread that exits.
    ///
    /// That thread may be inside anything, a loop or an authenticator. So another thread does the
    /// work, and this one waits no longer than the work may take.
    func finishAtExit() {
        guard !isForked, !isOnLoop, let patience = timeToFinish else { return }
        let finished = Condition(false)
        guard startShutDown(then: { finished.change { $0 = true } }) else { return }
        let deadline = Deadline(patience, clock: clock)
        _ = finished.wait(until: deadline, in: self) { $0 }
    }

    /// How long the exit may wait; nil if no socket is open.
    private var timeToFinish: Patience? {
        let lingers = openSockets.map { core in core.life.withLock { $0.linger } }
        guard !lingers.isEmpty else { return nil }
        var longest = Duration.zero
        for linger in lingers {
            switch linger {
            case .discard: break
            case .wait(upTo: let limit): longest = max(longest, limit)
            case .waitForever: return .forever
            }
        }
        return .upTo(longest + Self.grace)
    }
}
