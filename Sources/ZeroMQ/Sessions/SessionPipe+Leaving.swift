internal import Synchronization
internal import ZeroMQReactor

/// How a pipe leaves its socket, in an order in which nothing is sent into the void, and everything
/// that was accepted is either sent or counted, once:
///
///     retire   the socket ceases to choose the pipe          ──▶ sendingStopped
///              what it holds is written, while there is time
///     end      the connection gives both halves back, and the stream goes back to the first
///              message that the kernel has not taken whole
///     depart   the socket counts what is left and lets go    ──▶ departed
///
/// The socket answers under its send gate, on whatever thread is there. As a rule that is the
/// loop's own, and the answer is found as soon as it was asked for; if not, it comes as a task.
extension SessionPipe {
    /// Has the socket put nothing more into the pipe. `body` follows on the loop, once that is
    /// certain. Called on the loop.
    func retire(then body: @escaping () -> Void) {
        leaving.whenStopped.append(body)
        if !leaving.isStopping {
            leaving.isStopping = true
            socketPipe.retire()
        }
        noteStop()
    }

    /// Whether nothing more comes into the pipe.
    var hasStopped: Bool { leaving.hasStopped.load(ordering: .acquiring) }

    private func noteStop() {
        guard hasStopped else { return }
        let bodies = leaving.whenStopped
        leaving.whenStopped = []
        for body in bodies { body() }
    }

    /// Takes the pipe from its socket, which reads what is there first, and has what could not be
    /// sent counted. Called on the loop when the connection has ended; keeps the pipe until `body`.
    ///
    /// Whoever is using one of the halves at this moment goes first, and so does the last word on
    /// the connection, which waits for him.
    func leave(counting cause: DropCause, then body: @escaping (_ unsent: Int) -> Void) {
        leaving.whenDeparted = { unsent in withExtendedLifetime(self) { body(unsent) } }
        reading.arrange { _ in
            self.writing.arrange { flow in
                self.socketPipe.depart(cause, cut: flow.takeCutBodies())
            }
        }
        noteDeparture()
    }

    private func noteDeparture() {
        let unsent = leaving.unsent.load(ordering: .acquiring)
        guard unsent >= 0, let body = leaving.whenDeparted.take() else { return }
        body(unsent)
    }

    func sendingStopped() {
        leaving.hasStopped.store(true, ordering: .releasing)
        loop.execute { [weak self] in self?.noteStop() }
    }

    func departed(unsent: Int) {
        leaving.unsent.store(unsent, ordering: .releasing)
        loop.execute { [weak self] in self?.noteDeparture() }
    }
}

/// How far a pipe has got in leaving its socket. Bound to the loop but for what is atomic.
final class PipeLeaving: @unchecked Sendable {
    // Sendable because the socket stores the two answers and nothing else: released there, and
    // acquired on the loop, so that what was published before is seen by who finds them.

    /// The socket puts nothing more into the pipe.
    let hasStopped = Atomic<Bool>(false)
    /// How many messages were not sent, once the socket has let go of the pipe; -1 before.
    let unsent = Atomic<Int>(-1)
    var isStopping = false
    var whenStopped: [() -> Void] = []
    var whenDeparted: ((_ unsent: Int) -> Void)?
}
