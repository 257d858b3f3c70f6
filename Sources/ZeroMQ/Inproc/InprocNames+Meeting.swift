internal import ZeroMQProtocol

/// Two sockets meet over inproc: both learn of each other, or one of them will not have the other.
extension InprocNames {
    /// Why two do not meet, and which of them has the reason.
    struct Objection {
        let refusal: Refusal?
        let isByBinder: Bool

        /// The reason in the words of the side that is told.
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

    /// What would be in the way now; nil if nothing would.
    func refusal(of connection: InprocConnection, at binding: InprocBinding) -> Objection? {
        guard binding.core.kind.accepts(connection.core.kind) else {
            return Objection(refusal: nil, isByBinder: true)
        }
        let (near, far) = (connection.pair.near, connection.pair.far)
        if connection.closing == nil,
            let refusal = connection.core.objection(to: near, binding.options.routingID)
        {
            return Objection(refusal: refusal, isByBinder: false)
        }
        let refusal = binding.core.objection(
            to: far,
            connection.options.routingID,
            mayTakeOver: !connection.isDismissed
        )
        return refusal.map { Objection(refusal: $0, isByBinder: true) }
    }

    /// Has a waiting connection meet who is bound to its name, if both sides have room.
    mutating func meet(_ connection: InprocConnection, _ binding: InprocBinding) {
        guard case .waiting = connection.phase else { return }
        if let objection = refusal(of: connection, at: binding) {
            return turnAway(connection, binding, objection)
        }
        let openings = openings(of: connection, binding)
        let near = connection.pair.near
        connection.core.prepend(openings.near, to: near)
        if let objection = introduce(connection, to: binding, saying: openings.far) {
            // Somebody from elsewhere has taken the place just now.
            connection.core.removeFirst(openings.near.count, of: near)
            return turnAway(connection, binding, objection)
        }
        stopWaiting(connection)
        connection.phase = .met(binding)
        binding.connections[connection.number] = connection
        announce(connection, binding)
        // All that it waited for has been handed over.
        if connection.closing != nil { part(connection, .connecterLeaves) }
    }

    /// Puts both pipes into their sockets, the bound one's first.
    private func introduce(
        _ connection: InprocConnection,
        to binding: InprocBinding,
        saying openings: [Message]
    ) -> Objection? {
        let (near, far) = (connection.pair.near, connection.pair.far)
        let isLeaving = connection.closing != nil
        // A publisher knows its subscriber before it hears of subscriptions.
        let subscribes = [.subscriber, .xSubscriber].contains(binding.core.kind)
        far.belong(to: binding.core)
        // Marks that change from here on are told to the other side, and those of before are
        // looked at when the pipes join.
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

    /// What goes first from each side to the other.
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
        core.traffic.noteHandshake(isReconnect: connection.hasMet)
        connection.core.noteSetback(at: connection, nil)
        connection.hasMet = true
        connection.isDismissed = false
        core.events.post(.connected(endpoint))
        binding.core.events.post(.accepted(binding.endpoint))
        let (peer, own) = (binding.introduction(), connection.introduction(at: endpoint))
        core.readyPeers.changed(by: 1)
        binding.core.readyPeers.changed(by: 1)
        core.events.post(.handshakeSucceeded(endpoint, peer: SocketEvent.Peer(peer)))
        binding.core.events.post(
            .handshakeSucceeded(binding.endpoint, peer: SocketEvent.Peer(own))
        )
    }

    /// The connection goes on waiting, with what is queued: until there is room, or somebody else
    /// is bound.
    private mutating func turnAway(
        _ connection: InprocConnection,
        _ binding: InprocBinding,
        _ objection: Objection
    ) {
        // Whoever is closing has no room for anybody, and will soon be gone.
        if case .closing? = objection.refusal { return }
        if objection.refusal != nil { turnedAway[connection.number] = connection }
        guard connection.closing == nil else { return }
        let reason = objection.reason(connection, binding, toldBinder: false)
        connection.core.events.post(.connected(connection.endpoint))
        binding.core.events.post(.accepted(binding.endpoint))
        connection.core.noteSetback(at: connection, reason)
        connection.core.events.post(.handshakeFailed(connection.endpoint, reason: reason))
        binding.core.events.post(
            .handshakeFailed(
                binding.endpoint,
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
