internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Two sockets part over inproc.
///
/// First both stop sending; then both readers are settled. A socket that stays reads what has
/// arrived. Messages that a closing socket has not read are returned to the queue for the next peer
/// or, if they were for this peer alone, counted as dropped.
extension InprocNames {
    enum Parting {
        /// The connecting socket disconnects or closes.
        case connecterLeaves
        /// The bound socket unbinds or closes.
        case binderLeaves
        /// One of the two refuses the other.
        case refusal(Refusal, isByBinder: Bool)
        /// The application of one of the two has ended the connection.
        case dismissal(isByBinder: Bool)
        /// A REQ has given up a request. The two meet again with new pipes, without late replies.
        case requestGivenUp(isByBinder: Bool)

        /// The connection was not lost: it continues, whatever the options say about losses.
        var isRenewal: Bool {
            if case .requestGivenUp(isByBinder: false) = self { true } else { false }
        }
    }

    mutating func part(_ connection: InprocConnection, _ parting: Parting) {
        guard case .met(let binding) = connection.phase else { return }
        binding.connections[connection.number] = nil
        let endsWithLoss = connection.endsWithLoss && !parting.isRenewal
        let isOver = connection.closing != nil || endsWithLoss
        let (near, far) = (connection.pair.near, connection.pair.far)
        let next = connection.renewPair()

        _ = binding.core.leave(far, placingRest: true)
        let left = connection.core.leave(
            near,
            placingRest: connection.closing != nil,
            goingOnWith: !isOver && connection.keepsQueue ? next : nil
        )
        let farewells = farewells(connection, binding, parting)
        var returned = binding.core.settle(far, farewells: farewells.toBinder)
        let unread = connection.core.settle(near, farewells: farewells.toConnecter)
        binding.core.drops.count(.peerGone, unread.count)

        if let rest = left.rest { returned.append(rest) }
        // A request that was given up is not kept.
        let isGivenUp = connection.core.withReceiver { _ in near.isGivenUp }
        if keepsReturned(connection, endsWithLoss), !isGivenUp {
            connection.core.give(returned, to: next)
        } else {
            connection.core.drops.count(.peerGone, returned.count)
            returned = []
        }
        if let request = left.request {
            connection.core.settleRequest(request, near, next: returned.isEmpty ? nil : next)
        }
        let reason = announce(connection, binding, parting)
        goOn(connection, parting, after: endsWithLoss ? reason : nil)
    }

    /// Whether unread messages are kept for the next peer.
    private func keepsReturned(_ connection: InprocConnection, _ endsWithLoss: Bool) -> Bool {
        // If messages are for one peer only, what lingers was for this one.
        connection.keepsQueue && (connection.closing != nil || !endsWithLoss)
    }

    /// Ends one meeting at the request of the socket that knows it under this number. Returns false
    /// if it has ended already.
    mutating func dismiss(_ connection: InprocConnection, _ number: Peer.ID) -> Bool {
        guard case .met = connection.phase, let meeting = connection.meeting,
            number == meeting.near.id || number == meeting.far.id
        else { return false }
        part(connection, .dismissal(isByBinder: number == meeting.far.id))
        return true
    }

    /// `loss` is why the two parted, if that ends the endpoint.
    private mutating func goOn(
        _ connection: InprocConnection,
        _ parting: Parting,
        after loss: DisconnectReason?
    ) {
        connection.phase = .waiting
        if connection.closing == nil, let loss { return giveUp(connection, loss) }
        if connection.closing != nil, connection.waitingMessages == 0 { return finish(connection) }
        beginWaiting(connection)
        guard let binding = places[connection.name]?.binding else { return }
        switch parting {
        case .connecterLeaves, .binderLeaves, .requestGivenUp: meet(connection, binding)
        case .dismissal:
            // The place is free, and others may have waited for it longer.
            retry(at: binding.core)
            meet(connection, binding)
        case .refusal(.duplicateIdentity, isByBinder: _), .refusal(.surplusPeer, isByBinder: _):
            // Another peer has taken its place. Taking it back at once would go on forever.
            connection.isDismissed = true
            if refusal(of: connection, at: binding) == nil { return meet(connection, binding) }
            turnedAway[connection.number] = connection
        // Refused for what it sends, and it would send the same again. Another socket may accept
        // it.
        case .refusal(.limitExceeded, isByBinder: _): break
        case .refusal(.closing, isByBinder: _): break
        }
    }

    /// Stops waiting for a peer.
    ///
    /// The order is that of `Connector.giveUp`: first the pipe leaves the socket, then waiting
    /// calls are woken, and the event comes last.
    mutating func giveUp(_ connection: InprocConnection, _ reason: DisconnectReason) {
        takePipe(of: connection)
        let error = ZeroMQError.gaveUp(connection.endpoint, reason)
        // Set first, for a socket that is about to add the endpoint: see `SocketCore.add`.
        connection.givenUp.withLock { $0 = error }
        connection.core.gaveUp(ObjectIdentifier(connection), because: error)
        finish(connection)
    }

    /// The last messages to the socket that did not ask for the end.
    private func farewells(
        _ connection: InprocConnection,
        _ binding: InprocBinding,
        _ parting: Parting
    ) -> (toConnecter: [Message], toBinder: [Message]) {
        let toConnecter = connection.options.farewells(at: connection.core.kind, isConnector: true)
        let toBinder = binding.options.farewells(at: binding.core.kind, isConnector: false)
        switch parting {
        case .binderLeaves, .refusal(_, isByBinder: true), .dismissal(isByBinder: true),
            .requestGivenUp(isByBinder: true):
            return (toConnecter, [])
        case .connecterLeaves, .refusal(_, isByBinder: false), .dismissal(isByBinder: false),
            .requestGivenUp(isByBinder: false):
            return ([], toBinder)
        }
    }

    /// Reports the end to both sides. Returns the reason that the connecting side was told.
    private func announce(
        _ connection: InprocConnection,
        _ binding: InprocBinding,
        _ parting: Parting
    ) -> DisconnectReason {
        let (near, far) = (connection.core, binding.core)
        guard let meeting = connection.meeting.take() else {
            preconditionFailure("two sockets part that have not met")
        }
        near.connections.remove(meeting.near)
        far.connections.remove(meeting.far)
        let reasons: (near: DisconnectReason, far: DisconnectReason)
        switch parting {
        case .connecterLeaves, .dismissal(isByBinder: false): reasons = (.local, .closedByPeer)
        case .binderLeaves, .dismissal(isByBinder: true): reasons = (.closedByPeer, .local)
        case .requestGivenUp(isByBinder: false): reasons = (.requestGivenUp, .closedByPeer)
        case .requestGivenUp(isByBinder: true): reasons = (.closedByPeer, .requestGivenUp)
        case .refusal(let refusal, let isByBinder):
            let reason = DisconnectReason(SessionEnd.refused(refusal))
            reasons = (reason, reason)
            if isByBinder {
                far.events.post(.peerRefused(binding.endpoint, peer: meeting.far, reason: reason))
            } else {
                near.events.post(
                    .peerRefused(connection.endpoint, peer: meeting.near, reason: reason)
                )
            }
        }
        near.events.post(
            .disconnected(connection.endpoint, peer: meeting.near, reason: reasons.near)
        )
        far.events.post(.disconnected(binding.endpoint, peer: meeting.far, reason: reasons.far))
        return reasons.near
    }
}
