internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The inproc names of a context: who is bound to each, and who waits for somebody to bind.
///
/// An inproc connection is two streams between two sockets: each socket's outbound stream is the
/// other's inbound one. No thread and no descriptor is involved.
final class InprocRegistry: Sendable {
    private struct Bound {
        let core: SocketCore
        let options: SocketOptions
    }

    /// A connect that came before its bind. The far pipe has no socket yet.
    private struct Pending {
        let core: SocketCore
        let options: SocketOptions
        let near: SocketPipe
        let far: SocketPipe
    }

    private struct Partner {
        let pipe: SocketPipe
        /// The socket it belongs to. None before they have met.
        var core: SocketCore?
        /// What the partner's application receives when this end goes. None before they have met.
        var farewells: [Message] = []
    }

    private struct State {
        var bound: [String: Bound] = [:]
        var pending: [String: [Pending]] = [:]
        /// Pairs of pipes that are connected, by the near one and by the far one.
        var partners: [ObjectIdentifier: Partner] = [:]
    }

    private let state = Locked(State())

    // MARK: Binding

    func bind(
        _ endpoint: Endpoint,
        core: SocketCore,
        options: SocketOptions
    ) throws(ZeroMQError) {
        let waiting = try state.withLock { state throws(ZeroMQError) -> [Pending] in
            guard state.bound[endpoint.inprocName] == nil else {
                throw ZeroMQError(
                    .addressInUse,
                    "a socket of this context is bound to this name",
                    endpoint: endpoint,
                    hint: "choose another name, or unbind the other socket first"
                )
            }
            state.bound[endpoint.inprocName] = Bound(core: core, options: options)
            return state.pending.removeValue(forKey: endpoint.inprocName) ?? []
        }
        for pending in waiting {
            guard core.kind.accepts(pending.core.kind) else {
                let reason = DisconnectReason.incompatibleSocketType(
                    ours: core.kind.wireName,
                    theirs: pending.core.kind.wireName
                )
                pending.core.events.post(.handshakeFailed(endpoint, reason: reason))
                continue
            }
            join(pending, to: Bound(core: core, options: options), endpoint)
        }
    }

    func isBound(_ endpoint: Endpoint) -> Bool {
        state.withLock { $0.bound[endpoint.inprocName] != nil }
    }

    func unbind(_ endpoint: Endpoint, core: SocketCore) {
        state.withLock { state in
            guard state.bound[endpoint.inprocName]?.core === core else { return }
            state.bound[endpoint.inprocName] = nil
        }
    }

    // MARK: Connecting

    func connect(
        _ endpoint: Endpoint,
        core: SocketCore,
        options: SocketOptions
    ) throws(ZeroMQError) -> SocketPipe {
        let name = endpoint.inprocName
        let bound = state.withLock { $0.bound[name] }
        if let bound, !bound.core.kind.accepts(core.kind) {
            throw ZeroMQError(
                .incompatibleTransport,
                "a \(bound.core.kind.wireName) socket is bound to this name, "
                    + "to which a \(core.kind.wireName) socket cannot connect",
                endpoint: endpoint
            )
        }
        let pair = makePair(core, options)
        let pending = Pending(core: core, options: options, near: pair.near, far: pair.far)
        pair.near.attach(to: core)
        let owner = state.withLock { state -> Bound? in
            state.partners[ObjectIdentifier(pair.near)] = Partner(pipe: pair.far)
            state.partners[ObjectIdentifier(pair.far)] = Partner(pipe: pair.near)
            if let bound = state.bound[name] { return bound }
            state.pending[name, default: []].append(pending)
            return nil
        }
        if let owner { join(pending, to: owner, endpoint) }
        return pair.near
    }

    private func makePair(
        _ core: SocketCore,
        _ options: SocketOptions
    ) -> (near: SocketPipe, far: SocketPipe) {
        // A queue that keeps the newest message passes them on one by one.
        let conflates = options.keepsOnlyLatest
        // The other side's marks are added when the two have met.
        let outbound = WireStream(
            highWaterMark: conflates ? 1 : core.sendMark,
            readerRetains: false,
            joinsThreads: true
        )
        let inbound = WireStream(
            highWaterMark: core.receiveMark,
            readerRetains: false,
            joinsThreads: true
        )
        let near = SocketPipe(
            outbound: outbound,
            inbound: inbound,
            givenRoutingID: options.connectRoutingID.map { Frame($0) }
        )
        if conflates { near.conflate() }
        let far = SocketPipe(outbound: inbound, inbound: outbound)
        (near.farEnd, far.farEnd) = (far, near)
        (outbound.producer, outbound.consumer) = (near, far)
        (inbound.producer, inbound.consumer) = (far, near)
        return (near, far)
    }

    /// Completes a connection: both sockets learn of each other.
    private func join(_ pending: Pending, to bound: Bound, _ endpoint: Endpoint) {
        if bound.options.keepsOnlyLatest {
            // Nobody writes to the far pipe before it is attached.
            pending.far.outbound.writer.pointee.highWaterMark = 1
            pending.far.conflate()
        }
        let (nearKind, farKind) = (pending.core.kind, bound.core.kind)
        let notices = (
            near: [bound.options.arrivalNotice(at: farKind)].compactMap(\.self),
            far: [pending.options.arrivalNotice(at: nearKind)].compactMap(\.self)
        )
        open(
            pending.near,
            pending.far,
            sending: (
                near: notices.near + pending.options.openingMessages,
                far: notices.far + bound.options.openingMessages
            )
        )
        state.withLock { state in
            state.partners[ObjectIdentifier(pending.near)]?.farewells =
                bound.options.farewells(at: farKind, isConnector: false)
            state.partners[ObjectIdentifier(pending.far)]?.farewells =
                pending.options.farewells(at: nearKind, isConnector: true)
        }
        pending.far.attach(to: bound.core)
        introduce(pending, bound.core)
        pending.far.identify(
            PeerDescription(
                kind: pending.core.kind,
                identity: pending.options.routingID,
                address: endpoint.description,
                properties: pending.options.metadataProperties
            )
        )
        pending.near.identify(
            PeerDescription(
                kind: bound.core.kind,
                identity: bound.options.routingID,
                address: endpoint.description,
                properties: bound.options.metadataProperties
            )
        )
        bound.core.readyPeers.changed(by: 1)
        pending.core.readyPeers.changed(by: 1)
    }

    /// Both pipes have their sockets: what was limited by one side's mark alone is from now on
    /// limited by both sides' together.
    private func introduce(_ pending: Pending, _ binder: SocketCore) {
        state.withLock { state in
            state.partners[ObjectIdentifier(pending.near)]?.core = binder
            state.partners[ObjectIdentifier(pending.far)]?.core = pending.core
        }
        pending.core.deliverToSender(Letter(.partnerMark, pipe: pending.near))
        binder.deliverToSender(Letter(.partnerMark, pipe: pending.far))
    }

    // MARK: Leaving

    /// One of two sockets is done with a connection: what it sent stays readable for the other.
    ///
    /// False if the other side had never come, so that nobody will read what was sent.
    @discardableResult
    func disconnect(_ pipe: SocketPipe) -> Bool {
        guard let partner = part(pipe) else { return true }
        if let core = pipe.core, !partner.farewells.isEmpty {
            core.enterSender()
            let wakes = pipe.append(partner.farewells)
            core.leaveSender()
            if wakes { pipe.outbound.wakeConsumer() }
        }
        return separate(pipe, partner.pipe)
    }

    /// A socket will not have its partner. Called inside its send gate.
    func refuse(_ pipe: SocketPipe, by refusing: SocketPipe) {
        let farewells = state.withLock {
            $0.partners[ObjectIdentifier(refusing)]?.farewells ?? []
        }
        guard part(pipe) != nil else { return }
        if refusing.append(farewells) { refusing.outbound.wakeConsumer() }
        separate(pipe, refusing)
    }

    /// Forgets a pair of pipes. Nil if that was done before.
    private func part(_ pipe: SocketPipe) -> Partner? {
        state.withLock { state in
            for name in state.pending.keys {
                state.pending[name]?.removeAll { $0.near === pipe }
            }
            let partner = state.partners.removeValue(forKey: ObjectIdentifier(pipe))
            if let partner { state.partners[ObjectIdentifier(partner.pipe)] = nil }
            return partner
        }
    }

    @discardableResult
    private func separate(_ pipe: SocketPipe, _ partner: SocketPipe) -> Bool {
        let isMet = partner.core != nil
        if let near = pipe.core, let far = partner.core {
            near.readyPeers.changed(by: -1)
            far.readyPeers.changed(by: -1)
        }
        partner.detach()
        pipe.detach()
        return isMet
    }

    // MARK: Marks

    /// The socket at the other end of a pipe, if the two have met.
    func partner(of pipe: SocketPipe) -> SocketCore? {
        state.withLock { $0.partners[ObjectIdentifier(pipe)]?.core }
    }

    /// Two high-water marks in a row, one of which may be unlimited.
    static func sum(_ left: Int, _ right: Int) -> Int {
        left == 0 || right == 0 ? 0 : left + right
    }
}

extension SocketPipe: PipeFarEnd {
    func subscriptionsBegin(_ topics: [Frame]) {
        for topic in topics {
            // What is subscribed to when two sockets meet comes first.
            topic.withUnsafeBytes { deliverSubscription(to: $0, isSubscribe: true, after: 0) }
        }
    }

    /// The other socket of an inproc connection subscribed, or cancelled.
    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    ) {
        change.topic.withUnsafeBytes {
            deliverSubscription(to: $0, isSubscribe: change.isSubscribe, after: messages)
        }
    }

    func takeWaitingChanges() -> [SubscriptionMessage] { [] }

    /// STREAM has no inproc.
    func closeRequested(linger: Linger) {}

    func readingMarkChanged(to mark: Int) {
        owner?.deliverToReceiver(Letter(.inboundMark(mark), pipe: self))
    }

    /// This socket writes what the other one's mark limits, and adds its own.
    func writingMarkChanged(to mark: Int) {
        owner?.deliverToSender(Letter(.partnerMark, pipe: self))
    }

    // Nobody is between two sockets who could be asked to retire or depart.
    func sendingStopped() {}
    func departed(unsent: Int) {}

    /// Whose pipe this is, as the other one may know it: `core` may be about to be set.
    private var owner: SocketCore? {
        guard let other = farEnd as? SocketPipe else { return nil }
        return other.core?.context.inproc.partner(of: other)
    }

    /// Nobody waits for that here.
    func admit() {}

    /// The other socket of an inproc connection will not have this one.
    func refuse(_ reason: Refusal) {
        guard let core, let refusing = farEnd as? SocketPipe else { return }
        core.context.inproc.refuse(self, by: refusing)
    }
}
