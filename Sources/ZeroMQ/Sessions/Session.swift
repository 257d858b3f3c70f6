internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One connection: from an open descriptor through the handshake to traffic, and to its end.
///
///     start ──▶ handshaking ──READY──▶ ready ──▶ ended
///                    └────── failed, late, closed ──▶
///
/// Bound to its event loop, except for the two halves of its channel: once the handshake is
/// complete they belong to the pipe, and application threads use them too (see `OutboundFlow`,
/// `InboundFlow`). Raw connections (STREAM) are ready from the start, and only the loop reads from
/// them.
final class Session: EventHandler, @unchecked Sendable {
    // Sendable because everything but its initialisation happens on its loop.

    enum Phase {
        /// Greeting and READY are being exchanged. Next: `ready`, `ended`.
        case handshaking
        /// Messages may flow. Next: `ended`.
        case ready
        case ended
    }

    let core: SocketCore
    let loop: EventLoop
    let channel: any StreamChannel
    /// What it shares with the other connections of its endpoint.
    let settings: EndpointSettings
    /// The peer's address; empty if it has none.
    let address: String
    /// The connection as events name it: complete from READY on.
    private(set) var peer: Peer
    weak var keeper: (any SessionKeeper)?

    private(set) var phase = Phase.handshaking
    var registration: Registration?
    /// The state needed until READY; nil before `start` and from READY on.
    private(set) var opening: Opening?
    /// Nothing is read after the peer's READY until ours has been sent.
    var isReadingHandshake: Bool { phase == .handshaking && opening?.arrived == nil }
    /// Closes the connection when the peer was silent for the time to live that it announced.
    var lifeTimer: TimerID?
    /// Sends the next PING; and below, closes the connection when the silence after one is too
    /// long.
    var heartbeatTimer: TimerID?
    var silenceTimer: TimerID?
    /// The application has ended the connection, which still writes what it holds.
    var parting: Parting?
    /// The kernel has announced that the peer closed; it announces that once.
    private(set) var hasHungUp = false
    /// Why nothing can be written any more. What the peer sent before is still being read.
    private(set) var writingFailure: SystemError?
    var pipe: SessionPipe?
    private var readySince = Instant.distantFuture
    /// STREAM: whether bytes were received. For other types the reading half knows.
    var hasHeard = false
    /// The reason for closing that the peer announced.
    var farewell: String?
    /// The next attempt need not wait long. Set when this connection has ended.
    private(set) var wasOfUse = false
    /// The protocol version that the peer speaks, from READY on.
    var version = ProtocolVersion.zmtp31
    /// The peer answers a PING once it has applied the changes of subscription before it.
    private(set) var peerConfirms = false

    init(
        core: SocketCore,
        loop: EventLoop,
        channel: any StreamChannel,
        settings: EndpointSettings,
        address: String,
        keeper: any SessionKeeper
    ) {
        self.core = core
        self.loop = loop
        self.channel = channel
        self.settings = settings
        self.address = address
        self.keeper = keeper
        peer = Peer(address: address, at: settings.endpoint)
    }

    var options: SocketOptions { settings.options }
    var endpoint: Endpoint { settings.endpoint }
    var isReady: Bool { phase == .ready }
    var isRaw: Bool { core.kind == .stream }
    private var peerAddress: String { address.isEmpty ? endpoint.description : address }
    /// PING and PONG are in ZMTP 3.1. Peers of earlier versions ignore a PING.
    var peerAnswersPings: Bool { version >= .zmtp31 }

    // MARK: Beginning

    /// Registers with the loop and sends the signature. `event` tells of the connection, which can
    /// be ended from then on.
    func start(saying event: SocketEvent) {
        core.connections.add(peer, .session(self))
        core.events.post(event)
        do throws(SystemError) {
            if !isRaw {
                opening = try Opening(
                    kind: core.kind,
                    settings,
                    question: keeper?.placeQuestion ?? .never,
                    comesBack: keeper is Connector
                )
            }
            registration = try loop.register(channel.descriptor, handler: self)
        } catch {
            return end(.system(error))
        }
        guard let opening else {
            return becomeReady(PeerInfo(version: .zmtp31, kind: .stream), surplus: [])
        }
        if let limit = options.handshakeTimeout {
            opening.timer = loop.schedule(at: loop.now + limit) { [weak self] in
                guard let self, let opening = self.opening else { return }
                end(.violation(opening.handshake.lateness))
            }
        }
        beginGreeting()
    }

    func handle(_ readiness: Readiness) {
        guard phase != .ended else { return }
        if !readiness.isDisjoint(with: [.hangup, .error]) { hasHungUp = true }
        if isReady, readiness.contains(.writable) { pipe?.flushOnLoop() }
        guard phase != .ended else { return }
        // During the handshake reading comes first: what the peer sent explains more than a failure
        // to write.
        if !readiness.isDisjoint(with: [.readable, .hangup, .error]) { readAvailable() }
        if phase == .handshaking, readiness.contains(.writable) {
            writeGreeting()
            finishHandshake()
            if isReady { readAvailable() }
        }
    }

    // MARK: Handshake

    func writeGreeting() {
        guard let opening else { return }
        while !opening.greeting.isEmpty {
            switch opening.greeting.withUnsafeBytes({ channel.send($0) }) {
            case .processed(let count):
                core.traffic.bytesSent.wrappingAdd(count, ordering: .relaxed)
                opening.greeting.removeFirst(count)
            case .wouldBlock: return
            // Reading will meet the same end, after the bytes that the peer had sent before it.
            case .endOfStream, .failed:
                opening.greeting = []
                return
            }
        }
    }

    /// Feeds bytes to the handshake; bytes after READY are traffic.
    func continueHandshake(_ bytes: UnsafeRawBufferPointer) {
        guard let opening else { return }
        opening.received += bytes.count
        paceGreeting()
        let step = opening.handshake.received(bytes)
        act(on: step, surplus: UnsafeRawBufferPointer(rebasing: bytes[step.consumed...]))
    }

    /// Performs a step of the handshake.
    func act(on step: Handshake.Step, surplus: UnsafeRawBufferPointer) {
        guard let opening else { return }
        opening.greeting += step.send
        switch step.outcome {
        case .needMore:
            writeGreeting()
            limitHold()
        case .ask(let credentials):
            writeGreeting()
            askAuthenticator(about: credentials)
        case .failed(let error):
            // Sends a last message to the peer. A failure is ignored, so that it does not hide what
            // the peer did.
            _ = opening.greeting.withUnsafeBytes { channel.send($0) }
            end(.violation(error))
        case .introduced(let peer):
            opening.arrived = (peer, step.surplus + surplus)
            writeGreeting()
            askForPlace(for: peer)
        case .ready:
            opening.isAdmitted = true
            writeGreeting()
            finishHandshake()
        }
    }

    /// Completes the handshake: the peer's READY is in, the socket has a place, and ours is sent.
    ///
    /// A peer that takes nothing from us stays unauthenticated and meets the limit of the
    /// handshake.
    private func finishHandshake() {
        guard let opening, let (peer, surplus) = opening.arrived, opening.isAdmitted,
            opening.greeting.isEmpty
        else { return }
        becomeReady(peer, surplus: surplus)
    }

    private func becomeReady(_ peer: PeerInfo, surplus: [UInt8]) {
        let opening = opening.take()
        for timer in [opening?.timer, opening?.greetingTimer].compactMap(\.self) {
            loop.cancel(timer)
        }
        version = peer.version
        peerConfirms = peer.properties.contains { $0.isNamed(Metadata.confirms) }
        phase = .ready
        readySince = loop.now
        let isIntroduced = pipe != nil
        guard let pipe = takePipe() else { return }
        keeper?.sessionBecameReady(self)
        let walker = InboundWalker(
            writer: pipe.inbound.writer,
            policy: InboundPolicy(core.kind),
            limits: settings.limits
        )
        let traffic = opening?.handshake.traffic
        let output = traffic.map { SealedOutput($0.sender) }
        let input = traffic.map { SealedInput($0.receiver) }
        let control = openingFrames
        let (channel, registration) = (channel, registration)
        let arrival = options.arrivalNotice(at: core.kind)
        if !isIntroduced { introduce(peer, opening?.admission, to: pipe) }
        self.peer = self.peer.introduced(
            as: peer.kind,
            routingID: routingID(of: peer, opening, pipe)
        )
        pipe.writing.arrange { $0.connect(channel, control: control, sealed: output) }
        // Of raw bytes, only the loop reads: application threads would parse them as frames.
        if !isRaw {
            pipe.reading.arrange { flow in
                flow.connect(channel, walker, at: registration, sealed: input)
                if let arrival { flow.deliver(arrival) }
                surplus.withUnsafeBytes { flow.fill(copying: $0) }
            }
        }
        core.connections.becameReady(self.peer)
        core.events.post(.handshakeSucceeded(endpoint, peer: self.peer))
        pipe.requestFlush()
        if isRaw { publishRawNotice() } else { startHeartbeat() }
        if arrival != nil { pipe.requestRead() }
    }

    /// The name under which the socket knows the peer.
    private func routingID(of peer: PeerInfo, _ opening: Opening?, _ pipe: SessionPipe) -> Frame {
        let given = isRaw ? pipe.socketPipe.givenRoutingID : opening?.routingID
        return given ?? Frame(peer.identity)
    }

    /// The authenticator was asked, and this is whom it heard of.
    func note(userID: String?, _ publicKey: CurvePublicKey?) {
        peer = peer.identified(asUser: userID, publicKey)
    }

    /// Gets the pipe from the keeper. If there is none, ends the connection.
    func takePipe() -> SessionPipe? {
        if let pipe { return pipe }
        guard let pipe = keeper?.pipe(for: self) else {
            end(.local)
            return nil
        }
        self.pipe = pipe
        pipe.session = self
        pipe.beginSubscriptions(with: keeper is Connector ? "\(endpoint)" : peerAddress)
        return pipe
    }

    /// Tells the socket which peer it is, before anything from this connection is published.
    func introduce(_ peer: PeerInfo, _ admission: Admission?, to pipe: SessionPipe) {
        pipe.socketPipe.identify(
            PeerDescription(
                kind: peer.kind,
                identity: peer.identity,
                address: peerAddress,
                properties: peer.properties,
                admission: admission,
                // The reading half is not connected yet, so nothing is being published.
                precedingMessages: pipe.inbound.writer.pointee.sent
            )
        )
    }

    private var openingFrames: [UInt8] {
        isRaw ? [] : options.openingMessages.flatMap(\.wireBytes)
    }

    /// An end that this side asked for is not reported.
    private func isNews(_ reason: SessionEnd) -> Bool { !reason.isOwn }

    private func farewells(after reason: SessionEnd) -> [Message] {
        guard isNews(reason) else { return [] }
        return options.farewells(at: core.kind, isConnector: keeper is Connector)
    }

    // MARK: Ending

    /// Stops writing. Bytes that the peer had sent are read first, then the connection ends.
    ///
    /// That may take as long as the application takes to make room.
    func writingFailed(_ error: SystemError) {
        guard phase == .ready, writingFailure == nil else { return }
        writingFailure = error
        // The writing half may have consumed the edge: the next read must not rely on another.
        hasHungUp = true
        pipe?.writing.arrange { $0.disconnect() }
        pipe?.endSubscriptions()
        readAvailable()
        if keeper?.isClosing != false || parting != nil { endIfMute() }
    }

    /// Ends a connection that cannot be written to, once nobody will read from it.
    func endIfMute() {
        if let writingFailure { end(.system(writingFailure)) }
    }

    /// Whether this connection shows that the next attempt need not wait long: something was
    /// received, or it lasted. If a peer closes at once without having sent anything, it has
    /// refused us without being able to say so.
    private func proves(_ reason: SessionEnd) -> Bool {
        guard phase == .ready, let pipe else { return false }
        if case .refused = reason { return false }
        if reason.isFinal { return false }
        if loop.now - readySince >= .seconds(1) { return true }
        if reason.isRefusal { return false }
        // If another thread holds the reading half now, it is receiving something.
        return hasHeard || pipe.reading.useOnLoop { $0.hasHeard } ?? true
    }

    /// Ends the connection. Everything that was received whole stays readable.
    func end(_ cause: SessionEnd) {
        guard phase != .ended else { return }
        let reason = cause.explained(by: farewell)
        let wasReady = phase == .ready
        wasOfUse = proves(reason)
        noteWordlessEnd(reason)
        phase = .ended
        let timers = [
            opening?.timer, opening?.greetingTimer, opening?.holdTimer, lifeTimer, heartbeatTimer,
            silenceTimer, parting?.timer,
        ]
        for timer in timers.compactMap(\.self) { loop.cancel(timer) }
        opening?.question?.withdraw()
        opening = nil
        parting = nil
        if let registration { loop.deregister(registration) }
        registration = nil
        let channel = channel
        if let pipe {
            // Each half is asked separately, and performs its requests in order. While a thread is
            // using one half, the end of the other must not be delayed until it serves the next
            // connection.
            pipe.writing.arrange { $0.disconnect() }
            let farewells = wasReady ? farewells(after: reason) : []
            pipe.reading.arrange { flow in
                flow.disconnect()
                for message in farewells { flow.deliver(message) }
                if flow.takeWakeUp() { pipe.inbound.wakeConsumer() }
                // The descriptor is closed once both halves have given it up. Otherwise a thread
                // could use a descriptor that the kernel has already reused.
                pipe.writing.arrange { _ in channel.close() }
            }
            pipe.endSubscriptions()
            if isRaw, isNews(reason) { publishRawNotice() }
            pipe.socketPipe.reportLoss()
        } else {
            channel.close()
        }
        if pipe != nil { keeper?.sessionLeftPipe(self, reason: reason) }
        core.connections.remove(peer)
        post(reason, wasReady: wasReady)
        keeper?.sessionEnded(self, reason: reason)
        if pipe?.session === self { pipe?.session = nil }
        pipe = nil
    }

    private func post(_ reason: SessionEnd, wasReady: Bool) {
        if case .refused = reason {
            core.events.post(.peerRefused(endpoint, peer: peer, reason: DisconnectReason(reason)))
        }
        let reason = DisconnectReason(reason)
        core.events.post(
            wasReady
                ? .disconnected(endpoint, peer: peer, reason: reason)
                : .handshakeFailed(endpoint, peer: peer, reason: reason)
        )
    }
}
