internal import Synchronization
internal import ZeroMQReactor

/// How a pipe leaves its socket. The order ensures that no message goes into a pipe without a
/// reader, and that every accepted message is either sent or counted, once:
///
///     retire   the socket stops choosing the pipe            ──▶ sendingStopped
///              what it holds is written, while there is time
///     end      the connection gives both halves back, and the stream goes back to the first
///              message that the kernel has not taken whole
///     depart   the socket counts what is left and lets go    ──▶ departed
///
/// The socket answers under its send gate, on the thread that holds it. Usually that is the loop's
/// own thread, and the answer is there when the request returns; otherwise it comes as a loop task.
extension SessionPipe {
    /// Stops the socket from putting messages into the pipe. `body` runs on the loop once that is
    /// certain. Called on the loop.
    func retire(then body: @escaping () -> Void) {
        leaving.whenStopped.append(body)
        if !leaving.isStopping {
            leaving.isStopping = true
            socketPipe.retire()
        }
        noteStop()
    }

    /// Whether nothing more will be put into the pipe.
    var hasStopped: Bool { leaving.hasStopped.load(ordering: .acquiring) }

    private func noteStop() {
        guard hasStopped else { return }
        let bodies = leaving.whenStopped
        leaving.whenStopped = []
        for body in bodies { body() }
    }

    /// Detaches the pipe from its socket, which first reads what is there and counts what was not
    /// sent. Called on the loop when the connection has ended; retains the pipe until `body` has
    /// run.
    ///
    /// A thread that is using one of the halves finishes first. The connection's last notice, which
    /// waits for that thread, is published before this too.
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

/// How far a pipe has got in leaving its socket. Bound to the loop, except for the atomics.
final class PipeLeaving: @unchecked Sendable {
    // Sendable because the socket only stores the two answers. They are stored with release there
    // and loaded with acquire on the loop, which then sees everything published before.

    /// The socket puts nothing more into the pipe.
    let hasStopped = Atomic<Bool>(false)
    /// How many messages were not sent, once the socket has let go of the pipe; -1 before.
    let unsent = Atomic<Int>(-1)
    var isStopping = false
    var whenStopped: [() -> Void] = []
    var whenDeparted: ((_ unsent: Int) -> Void)?
}
