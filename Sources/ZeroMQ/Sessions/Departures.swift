internal import ZeroMQReactor

/// Connections that have ended while an application thread was still writing or reading there.
///
/// Their descriptors are closed, and what they leave behind is let go, as soon as that thread is
/// done. Whoever says that an endpoint is closed waits for it here: else the event loop could be
/// stopped before, and nobody would be left to do it. Bound to the loop.
final class Departures: @unchecked Sendable {
    // Sendable because everything but its beginning happens on its loop.

    private var pending = 0
    private var waiting: [() -> Void] = []

    /// Notes that a pipe's connection has ended. Nearly always nobody is using it.
    func add(_ pipe: SessionPipe) {
        pending += 1
        let loop = pipe.loop
        pipe.whenReleased { [self] in
            pending -= 1
            // Not from in here, where both halves are claimed.
            if pending == 0, !waiting.isEmpty { loop.execute { self.finish() } }
        }
    }

    /// Notes that a pipe leaves its socket, its connection having ended. `body` is told how many
    /// messages were not sent; they are counted for `cause`.
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

    /// Has something done once nobody uses any of the connections. Now, if that is so.
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
