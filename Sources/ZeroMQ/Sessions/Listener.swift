internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One bound endpoint: accepts connections and keeps their sessions. Bound to its loop.
final class Listener: EventHandler, SessionKeeper, @unchecked Sendable {
    // Sendable because everything but its beginning happens on its loop.

    let core: SocketCore
    let loop: EventLoop
    /// Its endpoint has everything resolved: a real address, a real port, a real path.
    let settings: EndpointSettings
    private let descriptor: any ListeningChannel
    /// The socket file to remove in the end, if this is ipc over a path.
    private let file: SocketFile?
    private var registration: Registration?
    /// Connections whose handshake is unfinished, and those that are served.
    private var strangers: Strangers
    private var serving: [ObjectIdentifier: (session: Session, pipe: SessionPipe)] = [:]
    private var pauseTimer: TimerID?
    /// Accepting goes on then, or when a handshake is over.
    private var roomTimer: TimerID?
    /// How long a handshake is not crowded out.
    private static let undisturbed = Duration.milliseconds(200)
    /// Failures to accept in a row, and how many may follow one another without a pause.
    private var failures = 0
    private static let mostFailures = 3
    /// There were no descriptors, and not everybody who waits has been accepted since.
    private var isShort = false
    private static let acceptsPerTurn = 16
    private var closing: Closing?
    private let departures = Departures()
    /// One side of a connection may wait for the other; it is the one that was called.
    let placeQuestion = PlaceQuestion.beforeReady
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

    /// Begins to listen. When the loop cannot watch the descriptor that is the end of it.
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

    /// Accepts those who wait, some at a time: between them others, most of all those accepted
    /// before, get their turn. Many who come at once would else crowd each other out.
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
        core.events.post(.accepted(endpoint))
        let session = Session(
            core: core,
            loop: loop,
            channel: channel,
            settings: settings,
            address: address?.description ?? "",
            keeper: self
        )
        strangers.add(session, at: loop.now)
        session.start()
    }

    private func acceptSoon() {
        loop.execute { [weak self] in self?.acceptAll() }
    }

    /// Makes room for another handshake. Those who had their time and did not use it have to go;
    /// while nobody has had it, whoever comes next waits in the backlog.
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

    /// Out of descriptors, or one failure after the other: connections wait in the backlog.
    ///
    /// A shortage may be over soon, and is told of once; what is not a shortage is asked more and
    /// more rarely.
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

    /// Nobody waits any more. Before that a descriptor that has come free may just have been used.
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

    /// There may be a place now for whoever waits for one.
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

    /// Stops listening at once, and ends each connection as soon as it is drained, or late.
    func close(_ linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        // What it could not send is counted already, for whoever asked for that end.
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

    /// Lets go of what was opened for an endpoint that is not to be. Before `start`, on any thread.
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

    /// Ends a connection that has nothing left to write.
    func pipeDrained(_ pipe: SessionPipe) {
        if closing != nil, pipe.hasStopped, pipe.isDrained { pipe.session?.end(.local) }
    }

    /// Ends a connection that gets nothing more to write, now or when it has written the last.
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
