internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One connected endpoint: dials, serves the connection, and dials again, for ever.
///
///     idle ─▶ resolving ─▶ dialling ─▶ serving ─▶ pausing ─▶ resolving …
///                 └────────────┴── failed ─────────▲
///
/// Owns the pipe. Where what is queued is for whoever is at the endpoint, it outlives connections,
/// and the queue waits for the next one. Where it is for one peer, the pipe goes with that peer:
/// whoever comes next may be somebody else. Bound to its loop.
final class Connector: SessionKeeper, @unchecked Sendable {
    // Sendable because everything but its beginning happens on its loop.

    enum Phase {
        case idle
        /// A PAIR asks its socket whether it may have a peer here: before it dials if it queues
        /// for whoever answers, else when somebody has answered.
        case seekingPlace
        /// The name is being looked up, on the resolver's thread.
        case resolving
        /// A descriptor is on its way to the peer.
        case dialling(Dialling)
        /// The connection leads to a SOCKS proxy, which is asked to make the real one.
        case negotiating(SOCKSNegotiation)
        /// A session has the connection.
        case serving(Session)
        /// Waiting for the next attempt.
        case pausing(TimerID)
        case ended
    }

    let core: SocketCore
    let loop: EventLoop
    let settings: EndpointSettings
    private(set) var pipe: SessionPipe
    /// The socket knows of the pipe.
    private var isAttached = false
    /// PAIR: the pipe is that of its one peer.
    private var hasPlace = false
    /// The present session has completed its handshake.
    private var isEstablished = false
    /// The socket has been told that the server refuses it.
    private var isRefused = false
    private var hasBeenEstablished = false
    var phase = Phase.idle
    var backoff: ReconnectBackoff
    /// Why the last attempt or connection came to nothing.
    private var failure: ZeroMQError?
    /// Addresses of the name that have not been tried in this round.
    private var candidates = Candidates()
    /// Why the next of them is to be tried, and whether somebody is at it already.
    private var lastFailure: DisconnectReason?
    private var isTrying = false
    /// PAIR: a connection that nothing has been said on, while a place is sought.
    private var answered: (channel: any StreamChannel, address: SocketAddress)?
    /// The last peer to say its name was refused for it.
    private var hasRefusedName = false
    var greetingPatience: GreetingPatience
    private var closing: Closing?
    private let departures = Departures()

    init(core: SocketCore, loop: EventLoop, endpoint: Endpoint, options: SocketOptions) {
        self.core = core
        self.loop = loop
        settings = EndpointSettings(endpoint: endpoint, options: options)
        backoff = ReconnectBackoff(policy: options.reconnect)
        greetingPatience = GreetingPatience(options, isCalled: false)
        pipe = SessionPipe(core, loop, options)
        pipe.keeper = self
    }

    var endpoint: Endpoint { settings.endpoint }
    var options: SocketOptions { settings.options }

    // MARK: The pipe

    /// The pipe outlives connections.
    private var keepsPipe: Bool {
        !options.queuesOnlyToConnectedPeers && !core.kind.remembersPeers
    }

    /// Tells the socket of the pipe before there is a peer, if something can be queued for it: what
    /// is for the endpoint, or for the name that the application gave to whoever answers there.
    func attachEarly() {
        if keepsPipe || awaitsFirstPeer { attach() }
    }

    /// What is queued is for whoever answers first to a name given by the application.
    private var awaitsFirstPeer: Bool {
        options.connectRoutingID != nil && !options.queuesOnlyToConnectedPeers
            && !hasBeenEstablished
    }

    /// Our READY does not wait for the peer's, which may be waiting for ours. But a name that was
    /// refused is likely to be refused again, before that peer believes that it is connected.
    var placeQuestion: PlaceQuestion { hasRefusedName ? .beforeReady : .afterReady }

    private func attach() {
        guard !isAttached else { return }
        isAttached = true
        pipe.socketPipe.attach(to: core)
    }

    /// What was queued for the connection goes with it, and all that the socket knew of its peer.
    func replacePipe(counting cause: DropCause) {
        departures.leave(pipe, counting: cause) { [self] in closing?.unsent += $0 }
        pipe = SessionPipe(core, loop, options)
        pipe.keeper = self
        (isAttached, hasPlace) = (false, false)
        if closing != nil { pipe.retire {} }
    }

    // MARK: Dialling

    /// Begins another attempt, when nobody uses the last connection any more.
    ///
    /// What its end takes back must not be what the next one has been given: the name of a peer,
    /// or the channel of a half that is used again.
    func redial() {
        departures.whenDone { [weak self] in
            guard let self, case .pausing = phase else { return }
            dial()
        }
    }

    /// Begins an attempt, unless the endpoint was closed before this came to the loop.
    func dial() {
        switch phase {
        case .idle, .seekingPlace, .pausing: break
        case .resolving, .dialling, .negotiating, .serving, .ended: return
        }
        if core.kind == .pair, !hasPlace {
            guard !keepsPipe else { return seekPlace() }
            // It has a place when somebody has answered, and calls nobody while there is none.
            guard core.hasPlace(for: pipe.socketPipe) else {
                return failed(DisconnectReason(.refused(.surplusPeer)))
            }
        }
        core.events.post(.connecting(endpoint))
        phase = .resolving
        core.context.resolve(options.dialled(endpoint), options: options, on: loop) {
            [weak self] result in
            self?.resolved(result)
        }
    }

    /// A PAIR that has a peer calls no other: who is called would believe that it is connected.
    private func seekPlace() {
        phase = .seekingPlace
        isAttached = true
        pipe.socketPipe.awaitsPeer = !keepsPipe
        pipe.socketPipe.attach(to: core)
    }

    func pipeWasAdmitted(_ pipe: SessionPipe) {
        guard pipe === self.pipe else { return }
        hasPlace = true
        guard case .seekingPlace = phase else { return }
        if let (channel, address) = answered.take() { serve(channel, address) } else { dial() }
    }

    func pipeWasRefused(_ pipe: SessionPipe, _ reason: Refusal) {
        guard pipe === self.pipe, case .seekingPlace = phase else { return }
        answered.take()?.channel.close()
        failed(DisconnectReason(.refused(reason)))
    }

    private func resolved(_ result: Result<[SocketAddress], ResolutionError>) {
        guard case .resolving = phase else { return }
        switch result {
        case .success(let addresses):
            candidates.begin(with: addresses)
            dialNext(failure: .resolutionFailed("the name has no address"))
        case .failure(let error):
            failed(.resolutionFailed("\(error)"))
        }
    }

    /// Tries the next address of the name; when none is left, pauses.
    ///
    /// An address may fail at once, inside the attempt, which comes back here. It is the outermost
    /// of these calls that goes on: a name can have more addresses than a stack has room for.
    private func dialNext(failure: DisconnectReason) {
        lastFailure = failure
        guard !isTrying else { return }
        isTrying = true
        defer { isTrying = false }
        while let failure = lastFailure.take() {
            guard let address = candidates.next() else { return failed(failure) }
            dial(address)
        }
    }

    private func dial(_ address: SocketAddress) {
        let dialling = Dialling(
            network: core.context.network,
            loop: loop,
            address: address
        ) { [weak self] result in self?.dialled(result, address: address) }
        phase = .dialling(dialling)
        // With a proxy on the way this is the source of the connection to the proxy.
        guard case .tcp(let tcp) = endpoint.address, tcp.source != nil else {
            return dialling.start(source: nil, options: options)
        }
        // A source that does not exist now, or in the other family, must not be passed over.
        guard let source = tcp.sourceAddress(like: address) else {
            return dialNext(failure: .resolutionFailed("the source has no address like the peer's"))
        }
        dialling.start(source: source, options: options)
    }

    private func dialled(_ result: Result<any StreamChannel, SystemError>, address: SocketAddress) {
        guard case .dialling = phase else { return }
        switch result {
        case .failure(let error): dialNext(failure: DisconnectReason(error))
        case .success(let channel):
            guard let dialogue = options.dialogue(for: endpoint) else {
                return reached(channel, address)
            }
            let negotiation = SOCKSNegotiation(
                loop: loop,
                channel: channel,
                dialogue: dialogue
            ) { [weak self] result in self?.negotiated(result, address: address) }
            phase = .negotiating(negotiation)
            negotiation.start(limit: options.handshakeTimeout)
        }
    }

    private func negotiated(
        _ result: Result<any StreamChannel, SOCKSNegotiation.DisconnectFailure>,
        address: SocketAddress
    ) {
        guard case .negotiating = phase else { return }
        switch result {
        case .success(let channel): reached(channel, address)
        case .failure(let failure): failed(failure.reason)
        }
    }

    /// Somebody has answered. A PAIR says nothing before it has a place for whoever that is.
    private func reached(_ channel: any StreamChannel, _ address: SocketAddress) {
        guard core.kind == .pair, !hasPlace else { return serve(channel, address) }
        answered = (channel, address)
        seekPlace()
    }

    private func serve(_ channel: any StreamChannel, _ address: SocketAddress) {
        core.events.post(.connected(endpoint))
        let session = Session(
            core: core,
            loop: loop,
            channel: channel,
            settings: settings,
            address: address.description,
            keeper: self
        )
        phase = .serving(session)
        session.start()
    }

    // MARK: Serving

    func pipe(for session: Session) -> SessionPipe? {
        attach()
        return pipe
    }

    func sessionBecameReady(_ session: Session) {
        candidates.startOver()
        hasRefusedName = false
        core.noteSetback(at: self, nil)
        tell(refusal: nil)
        core.traffic.noteHandshake(isReconnect: hasBeenEstablished)
        (isEstablished, hasBeenEstablished) = (true, true)
    }

    func sessionLeftPipe(_ session: Session, reason: SessionEnd) {
        departures.add(pipe)
        if case .requestGivenUp = reason { return renewPipe() }
        // An end of this side's own takes the pipe along.
        guard !keepsPipe, case .serving = phase else { return }
        if isEstablished || !awaitsFirstPeer { replacePipe(counting: reason.dropCause) }
    }

    func sessionEnded(_ session: Session, reason: SessionEnd) {
        guard case .serving = phase else { return }
        phase = .idle
        if session.wasOfUse { backoff.reset() }
        if !isEstablished { core.noteSetback(at: self, DisconnectReason(reason)) }
        if reason.isFinal { backoff.jumpToMaximum() }
        if case .refused(.duplicateIdentity) = reason { hasRefusedName = true }
        // The place of a PAIR that queues only for who is there is kept for nobody.
        if hasPlace, !keepsPipe { replacePipe(counting: reason.dropCause) }
        let wasEstablished = isEstablished
        isEstablished = false
        // A refusal is known by the pipe, so by the one that stays.
        let refusal = options.throwsWhenRefused ? ZeroMQError.refusal(reason, at: endpoint) : nil
        failure = refusal ?? .gaveUp(endpoint, DisconnectReason(reason))
        if let refusal { tell(refusal: refusal) }
        if case .requestGivenUp = reason, closing == nil { return dialAnew(session) }
        let stop: ReconnectStops = wasEstablished ? .afterDisconnect : .handshakeFailed
        if options.reconnectStops.contains(stop), closing == nil { return giveUp() }
        pause()
    }

    /// Tells the socket that the server refuses it, or with nil that this is over.
    private func tell(refusal error: ZeroMQError?) {
        guard error != nil || isRefused else { return }
        isRefused = error != nil
        core.readyPeers.note(refusal: error, of: pipe.socketPipe)
        core.deliverToSender(Letter(.refusal(error), pipe: pipe.socketPipe))
        core.deliverToReceiver(Letter(.refusal(error), pipe: pipe.socketPipe))
    }

    /// There are no further attempts. The pipe is taken from the socket before calls that wait are
    /// woken, so that none leaves its message there; and they are woken before the event is posted.
    private func giveUp() {
        pipe.retire {}
        if let failure { core.gaveUp(ObjectIdentifier(self), because: failure) }
        finish(.peerGone)
    }

    private func failed(_ reason: DisconnectReason) {
        core.noteSetback(at: self, reason)
        core.events.post(.connectFailed(endpoint, reason: reason))
        failure = .gaveUp(endpoint, reason)
        if reason.isRefusedConnection, options.reconnectStops.contains(.connectionRefused),
            closing == nil
        {
            return giveUp()
        }
        pause()
    }

    private func pause() {
        guard !isFinished else { return finish(.lingerExpired) }
        let next = core.context.withRandom { backoff.nextPause(random: &$0) }
        guard let duration = next else { return giveUp() }
        core.events.post(.retrying(endpoint, after: duration))
        phase = .pausing(
            loop.schedule(at: loop.now + duration) { [weak self] in self?.redial() }
        )
    }

    // MARK: Closing

    /// Ends as soon as everything queued has been written, or when the time allowed has passed.
    func close(_ linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        // What it could not send is counted already, for whoever asked for that end.
        if case .ended = phase { return departures.whenDone { done(0) } }
        var closing = closing ?? Closing(on: loop) { [weak self] in self?.finish(.lingerExpired) }
        closing.limit(to: linger, then: done)
        self.closing = closing
        pipe.retire { [weak self] in self?.drain() }
        if linger == .discard { finish(.lingerExpired) }
    }

    var isClosing: Bool { closing != nil }

    /// Ends now, or when the last message has been written.
    private func drain() {
        if isFinished { return finish(.lingerExpired) }
        pipe.requestFlush()
        if case .serving(let session) = phase { session.endIfMute() }
    }

    func pipeDrained(_ pipe: SessionPipe) {
        if isFinished { finish(.lingerExpired) }
    }

    /// Nothing more comes into the pipe of an endpoint that closes, and nothing is left in it.
    var isFinished: Bool { closing != nil && pipe.hasStopped && pipe.isDrained }

    /// Ends for good. What is still queued is dropped for `cause`.
    func finish(_ cause: DropCause) {
        let old = phase
        phase = .ended
        switch old {
        case .ended: return
        case .dialling(let dialling): dialling.cancel()
        case .negotiating(let negotiation): negotiation.cancel()
        case .serving(let session): session.end(.local)
        case .pausing(let timer): loop.cancel(timer)
        case .seekingPlace: answered.take()?.channel.close()
        case .idle, .resolving: break
        }
        tell(refusal: nil)
        departures.leave(pipe, counting: cause) { [self] in closing?.unsent += $0 }
        departures.whenDone { [self] in
            core.events.post(.closed(endpoint))
            guard let closing = closing.take() else { return }
            closing.end()(closing.unsent)
        }
    }
}
