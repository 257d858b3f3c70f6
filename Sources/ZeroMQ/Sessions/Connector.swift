internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One connected endpoint: dials, serves the connection, and dials again, for ever.
///
///     idle ─▶ resolving ─▶ dialling ─▶ serving ─▶ pausing ─▶ resolving …
///                 └────────────┴── failed ─────────▲
///
/// Owns the pipe, which outlives connections; so what the socket queued waits for the next one.
/// Bound to its loop.
final class Connector: SessionKeeper, @unchecked Sendable {
    // Sendable because everything but its beginning happens on its loop.

    enum Phase {
        case idle
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
    /// Outlives connections, unless the options ask for a queue for each of them.
    private(set) var pipe: SessionPipe
    /// The present session has completed its handshake.
    private var isEstablished = false
    /// The socket has been told that the server refuses it.
    private var isRefused = false
    private var hasBeenEstablished = false
    private(set) var phase = Phase.idle
    private var backoff: ReconnectBackoff
    /// The pauses as they stood before the last handshake began them anew.
    private var backoffBefore: ReconnectBackoff
    /// Addresses of the name that have not been tried in this round.
    private var candidates: [SocketAddress] = []
    private var closing: Closing?
    private let departures = Departures()

    init(core: SocketCore, loop: EventLoop, endpoint: Endpoint, options: SocketOptions) {
        self.core = core
        self.loop = loop
        settings = EndpointSettings(endpoint: endpoint, options: options)
        backoff = ReconnectBackoff(policy: options.reconnect)
        backoffBefore = backoff
        pipe = Self.makePipe(core, loop, options)
        pipe.keeper = self
    }

    private static func makePipe(
        _ core: SocketCore,
        _ loop: EventLoop,
        _ options: SocketOptions
    ) -> SessionPipe {
        SessionPipe(
            core: core,
            loop: loop,
            givenRoutingID: options.connectRoutingID.map { Frame($0) },
            conflates: options.keepsOnlyLatest
        )
    }

    var endpoint: Endpoint { settings.endpoint }
    var options: SocketOptions { settings.options }

    // MARK: Dialling

    /// Begins an attempt.
    func dial() {
        core.events.post(.connecting(endpoint))
        phase = .resolving
        core.context.resolve(options.dialled(endpoint), options: options, on: loop) {
            [weak self] result in
            self?.resolved(result)
        }
    }

    private func resolved(_ result: Result<[SocketAddress], ResolutionError>) {
        guard case .resolving = phase else { return }
        switch result {
        case .success(let addresses):
            candidates = addresses
            dialNext(failure: .resolutionFailed("the name has no address"))
        case .failure(let error):
            failed(.resolutionFailed("\(error)"))
        }
    }

    /// Tries the next address of the name; when none is left, pauses.
    private func dialNext(failure: DisconnectReason) {
        guard !candidates.isEmpty else { return failed(failure) }
        let address = candidates.removeFirst()
        let dialling = Dialling(
            network: core.context.network,
            loop: loop,
            address: address
        ) { [weak self] result in self?.dialled(result, address: address) }
        phase = .dialling(dialling)
        guard case .tcp(let tcp) = endpoint.address, tcp.source != nil, options.socksProxy == nil
        else {
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
                return serve(channel, address)
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
        case .success(let channel): serve(channel, address)
        case .failure(let failure): failed(failure.reason)
        }
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

    func sessionBecameReady(_ session: Session, peer: PeerInfo) -> SessionPipe? {
        backoffBefore = backoff
        backoff.reset()
        tell(refusal: nil)
        core.traffic.noteHandshake(isReconnect: hasBeenEstablished)
        (isEstablished, hasBeenEstablished) = (true, true)
        // The socket gets to know of the pipe only now.
        if options.queuesOnlyToConnectedPeers { pipe.socketPipe.attach(to: core) }
        return pipe
    }

    func sessionEnded(_ session: Session, reason: SessionEnd) {
        if let pipe = session.pipe { departures.add(pipe) }
        guard case .serving = phase else { return }
        phase = .idle
        switch reason {
        case .violation(let error):
            switch error.reason {
            case .refusedByPeer, .authenticationRefused: backoff.jumpToMaximum()
            default: break
            }
        case .refused:
            // A peer that this side will not have is no success: the pauses go on growing.
            backoff = backoffBefore
        case .local, .closedByPeer, .system, .crowdedOut: break
        }
        if options.throwsWhenRefused, let error = ZeroMQError.refusal(reason, at: endpoint) {
            tell(refusal: error)
        }
        let wasEstablished = isEstablished
        isEstablished = false
        if wasEstablished, options.queuesOnlyToConnectedPeers { replacePipe() }
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

    /// What was queued for the connection goes with it.
    private func replacePipe() {
        core.drops.count(.peerGone, pipe.outbound.unacknowledged)
        pipe.detach()
        pipe = Self.makePipe(core, loop, options)
        pipe.keeper = self
    }

    /// There are no further attempts.
    private func giveUp() {
        phase = .ended
        core.events.post(.closed(endpoint))
    }

    private func failed(_ reason: DisconnectReason) {
        core.events.post(.connectFailed(endpoint, reason: reason))
        if reason.isRefusedConnection, options.reconnectStops.contains(.connectionRefused),
            closing == nil
        {
            return giveUp()
        }
        pause()
    }

    private func pause() {
        guard closing == nil || !isDrained else { return finish() }
        let next = core.context.withRandom { backoff.nextPause(random: &$0) }
        guard let duration = next else { return giveUp() }
        core.events.post(.retrying(endpoint, after: duration))
        phase = .pausing(
            loop.schedule(at: loop.now + duration) { [weak self] in self?.dial() }
        )
    }

    // MARK: Closing

    /// Ends as soon as everything queued has been written, or when the time allowed has passed.
    func close(_ linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        if closing == nil, case .ended = phase {
            return departures.whenDone { done(self.pipe.outbound.unacknowledged) }
        }
        var closing = closing ?? Closing(on: loop) { [weak self] in self?.finish() }
        closing.limit(to: linger, then: done)
        self.closing = closing
        if linger == .discard || isDrained { return finish() }
        pipe.requestFlush()
        if case .serving(let session) = phase { session.endIfMute() }
    }

    var isClosing: Bool { closing != nil }

    /// Nothing waits to be written. What a raw connection has taken from its queue is not counted
    /// there any more, so its word is waited for.
    private var isDrained: Bool {
        if case .serving(let session) = phase, session.isRaw { return false }
        return pipe.outbound.unacknowledged == 0
    }

    func pipeDrained() {
        if closing != nil { finish() }
    }

    private func finish() {
        guard let closing else { return }
        self.closing = nil
        let done = closing.end()
        let unsent = pipe.outbound.unacknowledged
        let old = phase
        phase = .ended
        switch old {
        case .dialling(let dialling): dialling.cancel()
        case .negotiating(let negotiation): negotiation.cancel()
        case .serving(let session): session.end(.local)
        case .pausing(let timer): loop.cancel(timer)
        case .idle, .resolving, .ended: break
        }
        tell(refusal: nil)
        core.drops.count(.lingerExpired, unsent)
        pipe.detach()
        departures.whenDone { done(unsent) }
    }
}
