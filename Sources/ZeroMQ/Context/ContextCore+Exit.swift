internal import ZeroMQReactor

/// The end of the process.
extension ContextCore {
    /// How much longer than the lingers the end may take: for closing, and for threads.
    private static var grace: Duration { .seconds(2) }

    /// Has what was accepted sent, for as long as lingers allow. Called on the thread that exits.
    ///
    /// That thread may be inside anything, a loop or an authenticator, so another one does the
    /// work, and this one waits no longer than the work may take.
    func finishAtExit() {
        guard !isForked, !isOnLoop, let patience = timeToFinish else { return }
        let finished = Condition(false)
        guard startShutDown(then: { finished.change { $0 = true } }) else { return }
        let deadline = Deadline(patience, clock: clock)
        _ = finished.wait(until: deadline, in: self) { $0 }
    }

    /// For how long there is something to wait for; nil if no socket is open.
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
