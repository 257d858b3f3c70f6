internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The end of a socket: waiting calls are told, what was accepted is sent, descriptors are closed.
extension SocketCore {
    /// Closes the socket and waits for its end. Returns how many messages were not sent.
    func close(saying error: ZeroMQError, linger: Linger?) -> Int {
        let finished = Condition(false)
        beginClose(saying: error, linger: linger) { finished.change { $0 = true } }
        let forever = Deadline(.forever, clock: context.clock)
        _ = finished.wait(until: forever, in: context) { $0 }
        return life.withLock { $0.unsent }
    }

    /// Begins to close without waiting, as when the last reference to a socket goes away.
    @usableFromInline
    func closeInBackground() {
        beginClose(saying: .socketClosed, linger: nil) {}
    }

    /// Wakes everybody who waits and lets every endpoint linger; `done` follows from any thread.
    func beginClose(
        saying error: ZeroMQError,
        linger: Linger?,
        then done: @escaping @Sendable () -> Void
    ) {
        // In a child that was forked nobody would come to do it, and the parent is still using what
        // there is to close.
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
        // Outside the lock: whoever is told may come back to this socket at once.
        if isClosed { done() }
        guard let work else { return }
        endSides(error)
        let group = CloseGroup(count: work.entries.count) { [self] unsent in finishClose(unsent) }
        for entry in work.entries {
            stop(entry, linger: work.linger) { group.finished($0) }
        }
        group.begin()
    }

    /// From here on sending and receiving throw; those who wait do so at once.
    private func endSides(_ error: ZeroMQError) {
        enterSender()
        placeWaitingMessages()
        settleHeldRequest()
        sending.pointee.end(error)
        leaveSender()
        enterReceiver()
        receiving.pointee.end(error)
        leaveReceiver()
        readyPeers.end(error)
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

    /// Lets go of every pipe, so that nothing keeps this socket or its peers alive.
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

    /// Ends one endpoint; `done` is told how many messages were not sent.
    func stop(
        _ entry: SocketLife.Entry,
        linger: Linger,
        then done: @escaping @Sendable (Int) -> Void
    ) {
        switch entry.service {
        case .listener(let listener):
            // Nothing else keeps it alive while it lingers.
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

    /// Has a loop do something, or does something else if the loop has ended.
    ///
    /// A loop ends when every socket of the context is closed. So who is late has nothing to end
    /// any more, but must be told all the same.
    private func run(
        on loop: EventLoop,
        _ body: @escaping @Sendable () -> Void,
        orElse refused: () -> Void
    ) {
        if !loop.execute(body) { refused() }
    }

    /// Lets go of an endpoint that nobody was told of, because the socket was closed meanwhile.
    func abandon(_ entry: SocketLife.Entry) {
        switch entry.service {
        case .listener(let listener): listener.abandon()
        // It has not dialled, and will not.
        case .connector: break
        case .inprocBinding, .inprocConnection: stop(entry, linger: .discard) { _ in }
        }
    }
}

/// Counts endpoints that are closing, and says when the last one is done.
private final class CloseGroup: Sendable {
    private let state: Locked<(remaining: Int, unsent: Int)>
    private let done: @Sendable (Int) -> Void

    /// One more than `count`, which `begin` takes back, so that the end cannot come too soon.
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
