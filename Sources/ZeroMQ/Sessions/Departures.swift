internal import ZeroMQReactor

/// Connections that have ended while an application thread was still writing or reading.
///
/// As soon as that thread is done, the descriptor is closed and everything else is released. An
/// endpoint reports that it is closed only after that: otherwise the event loop could stop first
/// and leave the descriptor open. Bound to the loop.
final class Departures: @unchecked Sendable {
    // Sendable because everything but its initialisation happens on its loop.

    private var pending = 0
    private var waiting: [() -> Void] = []

    /// Notes that a pipe's connection has ended. Nearly always no other thread is using it.
    func add(_ pipe: SessionPipe) {
        pending += 1
        let loop = pipe.loop
        pipe.whenReleased { [self] in
            pending -= 1
            // Not called from here, because both halves are claimed here.
            if pending == 0, !waiting.isEmpty { loop.execute { self.finish() } }
        }
    }

    /// Notes that a pipe leaves its socket because its connection has ended. Unsent messages are
    /// counted for `cause`, and `body` is given their number.
    func leave(
        _ pipe: SessionPipe,
        counting cause: DropCause,
        then body: @escaping (_ unsent: Int) -> Void
    ) {
        pending += 1
        pipe.leave(counting: cause) { [self] unsent in
            pending -= 1
            body(unsent)
            finish()
        }
    }

    /// Calls `body` once no thread uses any of these connections; now, if none does.
    func whenDone(_ body: @escaping () -> Void) {
        waiting.append(body)
        finish()
    }

    private func finish() {
        guard pending == 0 else { return }
        let waiting = waiting
        self.waiting = []
        for body in waiting { body() }
    }
}
