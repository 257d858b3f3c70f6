internal import ZeroMQProtocol

/// Two sockets meet over inproc: both learn of each other, or one of them refuses the other.
extension InprocNames {
    /// Why two sockets do not meet, and which of them objects.
    struct Objection {
        let refusal: Refusal?
        let isByBinder: Bool

        /// The reason as the given side is told.
        func reason(
            _ connection: InprocConnection,
            _ binding: InprocBinding,
            toldBinder: Bool
        ) -> DisconnectReason {
            if let refusal { return DisconnectReason(SessionEnd.refused(refusal)) }
            let (near, far) = (connection.core.kind.wireName, binding.core.kind.wireName)
            return toldBinder
                ? .incompatibleSocketType(ours: far, theirs: near)
                : .incompatibleSocketType(ours: near, theirs: far)
        }
    }

    /// What prevents a meeting now; nil if nothing does.
    func refusal(of connection: InprocConnection, at binding: InprocBinding) -> Objection? {
        guard binding.core.kind.accepts(connection.core.kind) else {
            return Objection(refusal: nil, isByBinder: true)
        }
        let (near, far) = (connection.pair.near, connection.pair.far)
        if connection.closing == nil,
            let refusal = connection.core.objection(to: near, Array(binding.options.routingID))
        {
            return Objection(refusal: refusal, isByBinder: false)
        }
        let refusal = binding.core.objection(
            to: far,
            Array(connection.options.routingID),
            mayTakeOver: !connection.isDismissed
        )
        return refusal.map { Objection(refusal: $0, isByBinder: true) }
    }

    /// Has a waiting connection meet the socket bound to its name, if both sides have room.
    mutating func meet(_ connection: InprocConnection, _ binding: InprocBinding) {
        guard case .waiting = connection.phase else { return }
        if let objection = refusal(of: connection, at: binding) {
            return turnAway(connection, binding, objection)
        }
        let openings = openings(of: connection, binding)
        let near = connection.pair.near
        connection.core.prepend(openings.near, to: near)
        if let objection = introduce(connection, to: binding, saying: openings.far) {
            // A peer over another transport has just taken the place.
            connection.core.removeFirst(openings.near.count, of: near)
            return turnAway(connection, binding, objection)
        }
        stopWaiting(connection)
        connection.phase = .met(binding)
        binding.connections[connection.number] = connection
        announce(connection, binding)
        // Everything it waited for has been handed over.
        if connection.closing != nil { part(connection, .connecterLeaves) }
    }

    /// Attaches both pipes to their sockets, the bound one first.
    private func introduce(
        _ connection: InprocConnection,
        to binding: InprocBinding,
        saying openings: [Message]
    ) -> Objection? {
        let (near, far) = (connection.pair.near, connection.pair.far)
        let isLeaving = connection.closing != nil
        // A publisher must know its subscriber before it learns of subscriptions.
        let subscribes = [.subscriber, .xSubscriber].contains(binding.core.kind)
        far.belong(to: binding.core)
        // From here on, the other side is told of changed marks. The current marks are read when
        // the pipes join.
        if !isLeaving {
            connection.core.join(near)
            connection.core.meet(binding.core, at: near)
        }
        binding.core.meet(isLeaving ? nil : connection.core, at: far)
        let refusal = binding.core.admit(
            far,
            as: connection.introduction(at: connection.endpoint),
            conflating: binding.options.keepsOnlyLatest,
            partner: isLeaving ? nil : connection.core,
            introducing: !subscribes,
            mayTakeOver: !connection.isDismissed,
            saying: openings
        )
        if let refusal {
            connection.core.meet(nil, at: near)
            return Objection(refusal: refusal, isByBinder: true)
        }
        if !isLeaving {
            connection.core.identify(near, as: binding.introduction(), partner: binding.core)
        }
        if subscribes {
            let introduction = connection.introduction(at: connection.endpoint)
            binding.core.identify(far, as: introduction, partner: isLeaving ? nil : connection.core)
        }
        return nil
    }

    /// The first messages from each side to the other.
    private func openings(
        of connection: InprocConnection,
        _ binding: InprocBinding
    ) -> (near: [Message], far: [Message]) {
        let (near, far) = (connection.options, binding.options)
        let arrival = far.arrivalNotice(at: binding.core.kind)
        let ownArrival = near.arrivalNotice(at: connection.core.kind)
        return (
            [arrival].compactMap(\.self) + near.openingMessages,
            [ownArrival].compactMap(\.self) + far.openingMessages
        )
    }

    private func announce(_ connection: InprocConnection, _ binding: InprocBinding) {
        let (core, endpoint) = (connection.core, connection.endpoint)
        let (near, far) = peers(connection, binding)
        connection.meeting = (near, far)
        core.traffic.noteHandshake(isReconnect: connection.hasMet)
        connection.core.noteSetback(at: connection, nil)
        connection.hasMet = true
        connection.isDismissed = false
        core.connections.add(near, .inproc(connection))
        binding.core.connections.add(far, .inproc(connection))
        core.events.post(.connected(endpoint, peer: near))
        binding.core.events.post(.accepted(binding.endpoint, peer: far))
        core.connections.becameReady(near)
        binding.core.connections.becameReady(far)
        core.events.post(.handshakeSucceeded(endpoint, peer: near))
        binding.core.events.post(.handshakeSucceeded(binding.endpoint, peer: far))
    }

    /// A new connection between the two, as each side names it.
    private func peers(
        _ connection: InprocConnection,
        _ binding: InprocBinding
    ) -> (near: Peer, far: Peer) {
        let (near, far) = (connection.core, binding.core)
        let seen = Peer(address: "", at: connection.endpoint).introduced(
            as: far.kind,
            routingID: near.name(of: connection.pair.near) ?? Frame(binding.options.routingID)
        )
        let sees = Peer(address: "", at: binding.endpoint).introduced(
            as: near.kind,
            routingID: far.name(of: connection.pair.far) ?? Frame(connection.options.routingID)
        )
        return (seen, sees)
    }

    /// The connection continues to wait with its queue, until there is room or another socket is
    /// bound.
    private mutating func turnAway(
        _ connection: InprocConnection,
        _ binding: InprocBinding,
        _ objection: Objection
    ) {
        // A closing socket has no room for any peer, and will soon be gone.
        if case .closing? = objection.refusal { return }
        if objection.refusal != nil { turnedAway[connection.number] = connection }
        guard connection.closing == nil else { return }
        let reason = objection.reason(connection, binding, toldBinder: false)
        let (near, far) = peers(connection, binding)
        connection.core.events.post(.connected(connection.endpoint, peer: near))
        binding.core.events.post(.accepted(binding.endpoint, peer: far))
        connection.core.noteSetback(at: connection, reason)
        connection.core.events.post(
            .handshakeFailed(connection.endpoint, peer: near, reason: reason)
        )
        binding.core.events.post(
            .handshakeFailed(
                binding.endpoint,
                peer: far,
                reason: objection.reason(connection, binding, toldBinder: true)
            )
        )
        if connection.options.reconnectStops.contains(.handshakeFailed)
            || connection.options.reconnect == .never
        {
            giveUp(connection, reason)
        }
    }
}
