internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One connected endpoint: dials, serves the connection, and dials again, forever.
///
///     idle ─▶ resolving ─▶ dialling ─▶ serving ─▶ pausing ─▶ resolving …
///                 └────────────┴── failed ─────────▲
///
/// Owns the pipe. If messages are queued for the endpoint, the pipe outlives connections, and the
/// queue waits for the next one. If they are queued for one particular peer, the pipe goes with
/// that peer, because the next peer may be a different one. Bound to its loop.
final class Connector: SessionKeeper, @unchecked Sendable {
    // Sendable because everything but its initialisation happens on its loop.

    enum Phase {
        case idle
        /// A PAIR asks its socket for the one place: before it dials if it queues for the endpoint,
        /// otherwise when a peer has answered.
        case seekingPlace
        /// The name is being looked up, on the resolver's thread.
        case resolving
        /// A connection attempt is under way.
        case dialling(Dialling)
        /// The connection leads to a SOCKS proxy, which is asked to connect to the endpoint.
        case negotiating(SOCKSNegotiation)
        /// A session serves the connection.
        case serving(Session)
        /// Waiting for the next attempt.
        case pausing(TimerID)
        case ended
    }

    let core: SocketCore
    let loop: EventLoop
    let settings: EndpointSettings
    private(set) var pipe: SessionPipe
    /// The pipe is attached to the socket.
    private var isAttached = false
    /// PAIR: the pipe holds the place of the one peer.
    private var hasPlace = false
    /// The current session has completed its handshake.
    private var isEstablished = false
    /// The socket has been told that the server refuses it.
    private var isRefused = false
    private var hasBeenEstablished = false
    var phase = Phase.idle
    var backoff: ReconnectBackoff
    /// Why the last attempt or connection failed.
    private var failure: ZeroMQError?
    /// Addresses of the name that this round has not tried yet.
    private var candidates = Candidates()
    /// Why the next address has to be tried, and below, whether `dialNext` is already running.
    private var lastFailure: DisconnectReason?
    private var isTrying = false
    /// PAIR: a connection on which nothing was sent yet, while the socket is asked for a place.
    private var answered: (channel: any StreamChannel, address: SocketAddress)?
    /// This side refused the last peer, because another peer has the name it announced.
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

    /// Whether the pipe outlives connections.
    var keepsPipe: Bool {
        !options.queuesOnlyToConnectedPeers && !core.kind.remembersPeers
    }

    /// Attaches the pipe before there is a peer, if messages may be queued for it: for the
    /// endpoint, or for the name that the application gave to the first peer there.
    func attachEarly() {
        if keepsPipe || awaitsFirstPeer { attach() }
    }

    /// Messages queue for a name given by the application, which the first peer to answer will get.
    private var awaitsFirstPeer: Bool {
        options.connectRoutingID != nil && !options.queuesOnlyToConnectedPeers
            && !hasBeenEstablished
    }

    /// As a rule this side sends READY without waiting for the peer's, because the peer may be
    /// waiting for ours. But a name that was refused is likely to be refused again; then READY
    /// waits, so that the peer does not believe that it is connected.
    var placeQuestion: PlaceQuestion { hasRefusedName ? .beforeReady : .afterReady }

    private func attach() {
        guard !isAttached else { return }
        isAttached = true
        pipe.socketPipe.attach(to: core)
    }

    /// Replaces the pipe. Queued messages, and what the socket knows of the peer, go with the old.
    func replacePipe(counting cause: DropCause) {
        departures.leave(pipe, counting: cause) { [self] in closing?.unsent += $0 }
        pipe = SessionPipe(core, loop, options)
        pipe.keeper = self
        (isAttached, hasPlace) = (false, false)
        if closing != nil { pipe.retire {} }
    }

    // MARK: Dialling

    /// Begins another attempt once no thread uses the last connection any more.
    ///
    /// Otherwise the end of the last connection would undo what the next one has set up: the name
    /// of a peer, or the channel of a half that is used again.
    func redial() {
        departures.whenDone { [weak self] in
            guard let self, case .pausing = phase else { return }
            dial()
        }
    }

    /// Begins an attempt, unless the endpoint was closed before this ran on the loop.
    func dial() {
        switch phase {
        case .idle, .seekingPlace, .pausing: break
        case .resolving, .dialling, .negotiating, .serving, .ended: return
        }
        if core.kind == .pair, !hasPlace {
            guard !keepsPipe else { return seekPlace() }
            // This PAIR takes the place once a peer has answered, if free; else the attempt fails.
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

    /// A PAIR that has a peer dials no other one, which would believe that it is connected.
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

    /// Tries the next address of the name; pauses when none is left.
    ///
    /// An attempt may fail at once and call this method from inside. Only the outermost call loops:
    /// a name may have so many addresses that recursion would exhaust the stack.
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
        // With a proxy, this is the source address of the connection to the proxy.
        guard case .tcp(let tcp) = endpoint.address, tcp.source != nil else {
            return dialling.start(source: nil, options: options)
        }
        // The source may not exist now, or be of the other family. The attempt must then fail.
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

    /// The connection is there. A PAIR sends nothing on it before it has a place for the peer.
    private func reached(_ channel: any StreamChannel, _ address: SocketAddress) {
        guard core.kind == .pair, !hasPlace else { return serve(channel, address) }
        answered = (channel, address)
        seekPlace()
    }

    private func serve(_ channel: any StreamChannel, _ address: SocketAddress) {
        let session = Session(
            core: core,
            loop: loop,
            channel: channel,
            settings: settings,
            address: address.description,
            keeper: self
        )
        phase = .serving(session)
        session.start(saying: .connected(endpoint, peer: session.peer))
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
        // When this side ends the connection, `finish` deals with the pipe.
        guard !keepsPipe, case .serving = phase else { return }
        if isEstablished || !awaitsFirstPeer { replacePipe(counting: reason.dropCause) }
    }

    func sessionEnded(_ session: Session, reason: SessionEnd) {
        guard case .serving = phase else { return }
        phase = .idle
        if session.wasOfUse { backoff.reset() }
        backoff.note(reason)
        if !isEstablished { core.noteSetback(at: self, DisconnectReason(reason)) }
        if case .refused(.duplicateIdentity) = reason { hasRefusedName = true }
        // A PAIR that queues only to connected peers does not keep its place without a peer.
        if hasPlace, !keepsPipe { replacePipe(counting: reason.dropCause) }
        let wasEstablished = isEstablished
        isEstablished = false
        // A refusal is recorded for the pipe that stays.
        let refusal = options.throwsWhenRefused ? ZeroMQError.refusal(reason, at: endpoint) : nil
        failure = refusal ?? .gaveUp(endpoint, DisconnectReason(reason))
        if let refusal { tell(refusal: refusal) }
        if case .requestGivenUp = reason, closing == nil { return dialAnew(session) }
        let stop: ReconnectStops = wasEstablished ? .afterDisconnect : .handshakeFailed
        if options.reconnectStops.contains(stop), closing == nil { return giveUp() }
        pause()
    }

    /// Tells the socket that the server refuses it, or, with nil, that it no longer does.
    private func tell(refusal error: ZeroMQError?) {
        guard error != nil || isRefused else { return }
        isRefused = error != nil
        core.note(refusal: error, of: pipe.socketPipe)
    }

    /// Makes no further attempts. The pipe leaves the socket before waiting calls are woken, so
    /// that none puts its message there. Calls are woken before the event, which others wait for.
    private func giveUp() {
        pipe.retire {}
        if let failure { core.gaveUp(ObjectIdentifier(self), because: failure) }
        finish(.peerGone)
    }

    private func failed(_ reason: DisconnectReason) {
        backoff.noteAbsence()
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

    /// Closes when everything queued has been written, or when the linger time has passed.
    func close(_ linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        // Unsent messages were already reported to the call that ended it.
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
        if isFinished { return finish(.lingerExpired) }
        // The application has ended this connection alone.
        if closing == nil, pipe.hasStopped, pipe.isDrained { pipe.session?.end(.local) }
    }

    /// The endpoint is closing, no more messages can be queued, and none is left.
    var isFinished: Bool { closing != nil && pipe.hasStopped && pipe.isDrained }

    /// Ends for good. Messages that are still queued are dropped for `cause`.
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
