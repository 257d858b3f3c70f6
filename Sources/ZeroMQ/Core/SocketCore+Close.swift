internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The end of a socket: wakes waiting calls, sends what was accepted, closes descriptors.
extension SocketCore {
    /// Closes the socket and waits until that is done. Returns how many messages were not sent.
    func close(saying error: ZeroMQError, linger: Linger?) -> Int {
        let finished = Condition(false)
        beginClose(saying: error, linger: linger) { finished.change { $0 = true } }
        let forever = Deadline(.forever, clock: context.clock)
        _ = finished.wait(until: forever, in: context) { $0 }
        return life.withLock { $0.unsent }
    }

    /// Begins to close without waiting, for example when the last reference to a socket goes away.
    @usableFromInline
    func closeInBackground() {
        beginClose(saying: .socketClosed, linger: nil) {}
    }

    /// Wakes all waiters and lets every endpoint linger. `done` is called later, from any thread.
    func beginClose(
        saying error: ZeroMQError,
        linger: Linger?,
        then done: @escaping @Sendable () -> Void
    ) {
        // In a forked child there is no loop thread to close anything, and the parent still uses
        // the same descriptors.
        guard !context.isForked else { return done() }
        var work: (entries: [SocketLife.Entry], linger: Linger)?
        let isClosed = life.withLock { life in
            guard life.phase != .closed else { return true }
            life.whenClosed.append(done)
            guard life.phase == .open else { return false }
            (life.phase, life.ending) = (.closing, error)
            work = (life.entries + life.departing, linger ?? life.linger)
            (life.entries, life.departing) = ([], [])
            return false
        }
        // Called outside the lock, because `done` may call this socket again at once.
        if isClosed { done() }
        guard let work else { return }
        endSides(error)
        let group = CloseGroup(count: work.entries.count) { [self] unsent in finishClose(unsent) }
        for entry in work.entries {
            stop(entry, linger: work.linger) { group.finished($0) }
        }
        group.begin()
    }

    /// From here on, sending and receiving throw; waiting calls are woken and throw as well. Does
    /// nothing to a side that has ended.
    func endSides(_ error: ZeroMQError) {
        enterSender()
        if sending.pointee.ending == nil {
            placeWaitingMessages()
            settleHeldRequest()
            sending.pointee.end(error)
        }
        leaveSender()
        enterReceiver()
        if receiving.pointee.ending == nil { receiving.pointee.end(error) }
        leaveReceiver()
        connections.end(error)
        confirmations?.end(error)
    }

    private func finishClose(_ unsent: Int) {
        detachEverything()
        let waiting = life.withLock { life in
            life.phase = .closed
            life.unsent = unsent
            defer { life.whenClosed = [] }
            return life.whenClosed
        }
        events.finish()
        context.forget(self)
        for done in waiting { done() }
    }

    /// Releases every pipe, so that none keeps this socket or its peers alive.
    private func detachEverything() {
        enterSender()
        let pipes = sending.pointee.pipes.pipes
        for pipe in pipes { detachAtSender(pipe) }
        sending.pointee.departedSubscribers = []
        leaveSender()
        enterReceiver()
        drops.count(.unread, receiving.pointee.forgetPeers())
        leaveReceiver()
    }

    // MARK: Endpoints

    /// Ends one endpoint. `done` receives the number of messages that were not sent.
    func stop(
        _ entry: SocketLife.Entry,
        linger: Linger,
        then done: @escaping @Sendable (Int) -> Void
    ) {
        switch entry.service {
        case .listener(let listener):
            // The closure alone keeps the listener alive while it lingers.
            let done = { @Sendable (unsent: Int) in withExtendedLifetime(listener) { done(unsent) }
            }
            run(on: listener.loop, { listener.close(linger, then: done) }, orElse: { done(0) })
        case .connector(let connector):
            let done = { @Sendable (unsent: Int) in withExtendedLifetime(connector) { done(unsent) }
            }
            run(on: connector.loop, { connector.close(linger, then: done) }, orElse: { done(0) })
        case .inprocBinding(let binding):
            context.inproc.unbind(binding)
            done(0)
        case .inprocConnection(let connection):
            context.inproc.close(connection, linger, then: done)
        }
    }

    /// Runs `body` on a loop, or `refused` here if the loop has ended.
    ///
    /// A loop ends when every socket of the context is closed. So a late caller has nothing left to
    /// end, but its `done` must still be called.
    private func run(
        on loop: EventLoop,
        _ body: @escaping @Sendable () -> Void,
        orElse refused: () -> Void
    ) {
        if !loop.execute(body) { refused() }
    }

    /// Releases an endpoint that was opened while the socket was being closed. No event mentions
    /// it.
    func abandon(_ entry: SocketLife.Entry) {
        switch entry.service {
        case .listener(let listener): listener.abandon()
        // A connector that has not started to dial needs nothing.
        case .connector: break
        case .inprocBinding, .inprocConnection: stop(entry, linger: .discard) { _ in }
        }
    }
}

/// Counts closing endpoints and calls `done` when the last one has closed.
private final class CloseGroup: Sendable {
    private let state: Locked<(remaining: Int, unsent: Int)>
    private let done: @Sendable (Int) -> Void

    /// Starts at `count` plus one. `begin` removes the extra one, so `done` cannot come too early.
    init(count: Int, done: @escaping @Sendable (Int) -> Void) {
        state = Locked((count + 1, 0))
        self.done = done
    }

    func begin() { finished(0) }

    func finished(_ unsent: Int) {
        let total = state.withLock { state -> Int? in
            state.remaining -= 1
            state.unsent += unsent
            return state.remaining == 0 ? state.unsent : nil
        }
        if let total { done(total) }
    }
}
