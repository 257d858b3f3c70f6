internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One bound endpoint: accepts connections and keeps their sessions. Bound to its loop.
final class Listener: EventHandler, SessionKeeper, @unchecked Sendable {
    // Sendable because everything but its initialisation happens on its loop.

    let core: SocketCore
    let loop: EventLoop
    /// `settings.endpoint` is fully resolved: a real address, a real port, a real path.
    let settings: EndpointSettings
    private let descriptor: any ListeningChannel
    /// The socket file to remove at the end, for ipc with a path.
    private let file: SocketFile?
    private var registration: Registration?
    /// Connections whose handshake is unfinished, and below, those that are served.
    private var strangers: Strangers
    private var serving: [ObjectIdentifier: (session: Session, pipe: SessionPipe)] = [:]
    private var pauseTimer: TimerID?
    /// Fires when the oldest handshake may be evicted. Accepting then continues, as it does when a
    /// handshake completes.
    private var roomTimer: TimerID?
    /// How long a handshake is safe from eviction.
    private static let undisturbed = Duration.milliseconds(200)
    /// Failures to accept in a row, and below, how many of them are allowed without a pause.
    private var failures = 0
    private static let mostFailures = 3
    /// Descriptors ran out, and the backlog has not been emptied since.
    private var isShort = false
    private static let acceptsPerTurn = 16
    private var closing: Closing?
    private let departures = Departures()
    /// Only one side may wait for the other's READY, and that is the side that was called.
    let placeQuestion = PlaceQuestion.beforeReady
    /// Each connection has a pipe of its own.
    let keepsPipe = false
    var greetingPatience: GreetingPatience

    init(
        core: SocketCore,
        loop: EventLoop,
        endpoint: Endpoint,
        options: SocketOptions,
        descriptor: any ListeningChannel,
        file: SocketFile?
    ) {
        self.core = core
        self.loop = loop
        settings = EndpointSettings(endpoint: endpoint, options: options)
        strangers = Strangers(most: options.maximumUnfinishedHandshakes)
        greetingPatience = GreetingPatience(options, isCalled: true)
        self.descriptor = descriptor
        self.file = file
    }

    var endpoint: Endpoint { settings.endpoint }
    var options: SocketOptions { settings.options }

    /// Begins to listen. If the loop cannot watch the descriptor, it is closed and the error
    /// thrown.
    func start() throws(SystemError) {
        // The socket may have been closed since the descriptor was opened.
        guard !isClosing else { return }
        do throws(SystemError) {
            registration = try loop.register(descriptor.descriptor, handler: self)
        } catch {
            isClosed = true
            descriptor.close()
            file?.remove()
            throw error
        }
        core.events.post(.listening(endpoint))
        if options.letsAnybodyIn, endpoint.isReachableFromElsewhere {
            core.events.post(.unprotected(endpoint))
        }
        acceptAll()
    }

    // MARK: Accepting

    func handle(_ readiness: Readiness) {
        acceptAll()
    }

    /// Accepts a limited number of connections per turn. In between, other handlers have their
    /// turn, above all the connections just accepted; otherwise a crowd that connects at once would
    /// evict one another before anything was read.
    private func acceptAll() {
        var budget = Self.acceptsPerTurn
        while !isClosing, pauseTimer == nil {
            guard budget > 0 else { return acceptSoon() }
            guard hasRoomForStranger() else { return }
            budget -= 1
            switch descriptor.accept() {
            case .accepted(let channel, let address):
                failures = 0
                welcome(channel, address)
            case .wouldBlock:
                failures = 0
                return endShortage()
            case .failed(let error):
                failures += 1
                guard !error.isShortage, failures <= Self.mostFailures else {
                    return pauseAccepting(error)
                }
                core.events.post(.acceptFailed(endpoint, reason: DisconnectReason(error)))
            }
        }
    }

    private func welcome(_ channel: any StreamChannel, _ address: SocketAddress?) {
        let session = Session(
            core: core,
            loop: loop,
            channel: channel,
            settings: settings,
            address: address?.description ?? "",
            keeper: self
        )
        strangers.add(session, at: loop.now)
        session.start(saying: .accepted(endpoint, peer: session.peer))
    }

    private func acceptSoon() {
        loop.execute { [weak self] in self?.acceptAll() }
    }

    /// Makes room for another handshake. The oldest one is evicted if it has had its time; until
    /// then the next connection waits in the backlog.
    private func hasRoomForStranger() -> Bool {
        guard strangers.isFull, let oldest = strangers.foremost else { return true }
        if loop.now - oldest.since >= Self.undisturbed {
            oldest.session.end(.crowdedOut)
            return true
        }
        guard roomTimer == nil else { return false }
        roomTimer = loop.schedule(at: oldest.since + Self.undisturbed) { [weak self] in
            self?.roomTimer = nil
            self?.acceptAll()
        }
        return false
    }

    /// Pauses accepting, out of descriptors or after many failures; connections wait in the
    /// backlog.
    ///
    /// A shortage may soon be over: it is reported once and retried at a steady pace. After other
    /// failures the pauses double.
    private func pauseAccepting(_ error: SystemError) {
        if !isShort || !error.isShortage {
            core.events.post(.acceptPaused(endpoint, reason: DisconnectReason(error)))
        }
        isShort = error.isShortage
        let doublings = error.isShortage ? 0 : min(failures - Self.mostFailures - 1, 5)
        pauseTimer = loop.schedule(at: loop.now + .milliseconds(100 << doublings)) { [weak self] in
            self?.pauseTimer = nil
            self?.acceptAll()
        }
    }

    /// The backlog is empty, so the shortage is over. A single successful accept would not show
    /// that: it may have used the only descriptor that became free.
    private func endShortage() {
        guard isShort else { return }
        isShort = false
        core.events.post(.acceptResumed(endpoint))
    }

    // MARK: Sessions

    func sessionBecameReady(_ session: Session) { forgetUnfinished(session) }

    func pipe(for session: Session) -> SessionPipe? {
        guard closing == nil else { return nil }
        let pipe = SessionPipe(core: core, loop: loop, conflates: options.keepsOnlyLatest)
        pipe.keeper = self
        serving[ObjectIdentifier(session)] = (session, pipe)
        pipe.socketPipe.attach(to: core)
        return pipe
    }

    private func forgetUnfinished(_ session: Session) {
        if strangers.remove(session) { admitAgain() }
    }

    func sessionWasAsked(about session: Session) {
        strangers.wasAsked(about: session, at: loop.now)
        admitAgain()
    }

    func sessionWasAnswered(about session: Session) {
        strangers.wasAnswered(about: session, at: loop.now)
        admitAgain()
    }

    /// A handshake has left: continues to accept if connections were waiting for room.
    private func admitAgain() {
        guard let roomTimer else { return }
        loop.cancel(roomTimer)
        self.roomTimer = nil
        acceptSoon()
    }

    func sessionLeftPipe(_ session: Session, reason: SessionEnd) {
        guard let entry = serving.removeValue(forKey: ObjectIdentifier(session)) else { return }
        departures.leave(entry.pipe, counting: reason.dropCause) { [self] in
            closing?.unsent += $0
        }
    }

    func sessionEnded(_ session: Session, reason: SessionEnd) {
        forgetUnfinished(session)
        finishIfEmpty()
    }

    func requestGivenUp(_ pipe: SessionPipe) { pipe.session?.end(.requestGivenUp) }

    // MARK: Closing

    /// Stops listening at once, and ends each connection when it is drained or the linger time is
    /// over.
    func close(_ linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        // Unsent messages were already reported to the call that ended it.
        guard !isClosed else { return departures.whenDone { done(0) } }
        if closing == nil { stopListening() }
        var closing = closing ?? Closing(on: loop) { [weak self] in self?.endAll() }
        closing.limit(to: linger, then: done)
        self.closing = closing
        for session in strangers.sessions { session.end(.local) }
        for entry in serving.values {
            entry.pipe.retire { [weak self] in self?.drain(entry.pipe) }
        }
        if linger == .discard { endAll() }
        finishIfEmpty()
    }

    /// Closes what was opened for an endpoint that will not be used. Before `start`, on any thread.
    func abandon() {
        descriptor.close()
        file?.remove()
    }

    private func stopListening() {
        if let registration { loop.deregister(registration) }
        registration = nil
        for timer in [pauseTimer, roomTimer].compactMap(\.self) { loop.cancel(timer) }
        roomTimer = nil
        descriptor.close()
        file?.remove()
    }

    /// Ends a connection once it has nothing left to write, if the endpoint is closing or the
    /// application has ended the connection: only then does the socket stop sending through it.
    func pipeDrained(_ pipe: SessionPipe) {
        if pipe.hasStopped, pipe.isDrained { pipe.session?.end(.local) }
    }

    /// Ends a connection that gets no more messages: now, or when it has written the last one.
    private func drain(_ pipe: SessionPipe) {
        pipeDrained(pipe)
        pipe.session?.endIfMute()
        pipe.requestFlush()
    }

    var isClosing: Bool { closing != nil || isClosed }

    private func endAll() {
        for entry in serving.values { entry.session.end(.local) }
    }

    private func finishIfEmpty() {
        guard closing != nil, !isClosed, serving.isEmpty, strangers.isEmpty else { return }
        isClosed = true
        departures.whenDone { [self] in
            core.events.post(.closed(endpoint))
            guard let closing = closing.take() else { return }
            closing.end()(closing.unsent)
        }
    }

    private var isClosed = false
}
