internal import ZeroMQProtocol

/// What a turn of `InprocRegistry` does at a socket. Each of these enters one gate after the other.
extension SocketCore {
    // MARK: Before there is a peer

    /// Gives a pipe its place, if the pattern has one for it: what is sent is queued from now on.
    func join(_ pipe: SocketPipe) {
        enterSender()
        let isIn = sending.pointee.pipes.contains(pipe)
        if !isIn, objectionInside(to: pipe, []) == nil { attachAtSender(pipe) }
        leaveSender()
    }

    /// Why the pattern will not have a pipe whose peer has this name; nil if it will.
    func objection(
        to pipe: SocketPipe,
        _ identity: [UInt8],
        mayTakeOver: Bool = true
    ) -> Refusal? {
        enterSender()
        defer { leaveSender() }
        return objectionInside(to: pipe, identity, mayTakeOver: mayTakeOver)
    }

    /// Whoever hears a no is told when a place comes free.
    private func objectionInside(
        to pipe: SocketPipe,
        _ identity: [UInt8],
        mayTakeOver: Bool = true
    ) -> Refusal? {
        guard sending.pointee.ending == nil else { return .closing }
        let refusal: Refusal
        switch sending.pointee.pattern {
        case .pair:
            let pipes = sending.pointee.pipes
            // One that is leaving is in nobody's way.
            if pipes.contains(pipe) || pipes.pipes.allSatisfy(\.isRetired) { return nil }
            refusal = .surplusPeer
        case .route:
            let name = pipe.givenRoutingID ?? Frame(identity)
            guard !name.isEmpty, let holder = sending.pointee.routes[name]?.pipe, holder !== pipe,
                !(sending.pointee.allowsHandover && mayTakeOver)
            else { return nil }
            refusal = .duplicateIdentity
        case .none, .balance, .publish, .upstream, .request, .reply, .raw: return nil
        }
        sending.pointee.hasTurnedAway = true
        return refusal
    }

    /// A pipe has gone, or has another name: perhaps there is room for who was turned away. Called
    /// inside the send gate.
    func noteFreePlace() {
        guard sending.pointee.hasTurnedAway else { return }
        sending.pointee.hasTurnedAway = false
        context.inproc.later(.freePlace(self), in: context)
    }

    // MARK: Meeting

    /// From here on changes of this socket's receiving mark are told to the socket behind a pipe.
    func meet(_ partner: SocketCore?, at pipe: SocketPipe) {
        withReceiver { _ in pipe.inproc?.partnerOfReceiver = partner }
    }

    /// Takes up a pipe together with the peer behind it, or says why not.
    func admit(
        _ pipe: SocketPipe,
        as peer: PeerDescription,
        conflating: Bool,
        partner: SocketCore?,
        introducing: Bool,
        mayTakeOver: Bool,
        saying openings: [Message]
    ) -> Refusal? {
        enterSender()
        defer { leaveSender() }
        let objection = objectionInside(to: pipe, peer.identity, mayTakeOver: mayTakeOver)
        if let objection { return objection }
        if conflating {
            // Nobody writes to the pipe before it is attached.
            pipe.outbound.writer.pointee.highWaterMark = 1
            pipe.conflate()
        }
        pipe.inproc?.partnerOfSender = partner
        // Nobody else sends before the gate is left.
        if pipe.append(openings) { pipe.outbound.wakeConsumer() }
        attachAtSender(pipe)
        if introducing { identifyAtSender(pipe, as: peer) } else { _ = name(pipe, after: peer) }
        return nil
    }

    /// The peer behind a pipe of this socket, which may have its place already, is there.
    func identify(_ pipe: SocketPipe, as peer: PeerDescription, partner: SocketCore?) {
        enterSender()
        pipe.inproc?.partnerOfSender = partner
        if sending.pointee.pipes.contains(pipe) { applySendMark(to: pipe) }
        if sending.pointee.ending == nil { identifyAtSender(pipe, as: peer) }
        leaveSender()
    }

    // MARK: Queues

    /// Puts messages before those that were sent already, which nobody has read or is reading.
    func prepend(_ messages: [Message], to pipe: SocketPipe) {
        guard !messages.isEmpty else { return }
        enterSender()
        let sent = pipe.takeBack()
        pipe.surplusMessages += sent.count
        _ = pipe.append(messages)
        for message in sent { pipe.write(message) }
        leaveSender()
    }

    /// Undoes `prepend`.
    func removeFirst(_ count: Int, of pipe: SocketPipe) {
        guard count > 0 else { return }
        enterSender()
        let sent = pipe.takeBack()
        pipe.surplusMessages += max(0, sent.count - count)
        for message in sent.dropFirst(count) { pipe.write(message) }
        leaveSender()
    }

    /// Messages that were sent through another pipe go out through this one, before those that were
    /// sent meanwhile. Where only the newest counts, those sent meanwhile are newer.
    func give(_ messages: [Message], to pipe: SocketPipe) {
        guard pipe.conflates else { return prepend(messages, to: pipe) }
        enterSender()
        takeFromShelf(pipe)
        let isOutdated = pipe.waitingMessage != nil || pipe.outbound.unacknowledged > 0
        drops.count(.superseded, isOutdated ? messages.count : max(0, messages.count - 1))
        if !isOutdated, let newest = messages.last {
            pipe.waitingMessage = newest
            placeWaitingMessage(pipe)
        }
        leaveSender()
    }

    // MARK: Parting

    /// Puts nothing more into a pipe that waits for somebody, and keeps what it holds.
    func retire(_ pipe: SocketPipe) {
        enterSender()
        leaveHeldRequest(to: pipe)
        retireAtSender(pipe)
        leaveSender()
    }

    /// Stops sending through a pipe; what is sent from now on goes through the next one, if any.
    ///
    /// Returns the newest message of a pipe that keeps only that, unless it is to be sent still,
    /// and the request that was sent through the pipe and awaits its reply.
    func leave(
        _ pipe: SocketPipe,
        placingRest: Bool,
        goingOnWith next: SocketPipe? = nil
    ) -> (rest: Message?, request: UInt32?) {
        enterSender()
        defer { leaveSender() }
        var rest: Message?
        if pipe.conflates {
            takeFromShelf(pipe)
            if placingRest {
                placeWaitingMessage(pipe, evenIfFull: true)
            } else {
                (rest, pipe.waitingMessage) = (pipe.waitingMessage, nil)
            }
        }
        if next == nil { leaveHeldRequest(to: pipe) }
        pipe.inproc?.partnerOfSender = nil
        var request: UInt32?
        if kind == .request { request = withReceiver { $0.request.letGo(of: pipe) } }
        detachAtSender(pipe)
        if let next, sending.pointee.ending == nil { attachAtSender(next) }
        return (rest, request)
    }

    /// Sees to what has arrived through a pipe, when nobody writes to it any more. A socket that is
    /// still there reads on, and the farewells last; else nobody will, and it is returned.
    func settle(_ pipe: SocketPipe, farewells: [Message]) -> [Message] {
        enterReceiver()
        defer { leaveReceiver() }
        pipe.inproc?.partnerOfReceiver = nil
        guard receiving.pointee.ending == nil, receiving.pointee.pattern != .none else {
            receiving.pointee.queue.remove(pipe)
            let shelved = pipe.conflates ? pipe.inlet.takeRest() : []
            return shelved + pipe.inbound.takeRest()
        }
        let writer = pipe.inbound.writer
        for message in farewells {
            writer.pointee.begin()
            writer.pointee.append(message)
            _ = writer.pointee.publish()
        }
        // The sender's word that nothing more comes may have been here before the last message.
        if pipe.receiveIndex < 0, pipe.inbound.reader.pointee.hasMessage() {
            attachAtReceiver(pipe)
        }
        detachAtReceiver(pipe)
        return []
    }

    /// A request whose pipe has gone was taken along, answered before, or waits in the next pipe.
    func settleRequest(_ identifier: UInt32, _ pipe: SocketPipe, next: SocketPipe?) {
        withReceiver { side in
            if let next { return side.request.moved(identifier, to: next) }
            guard pipe.inbound.reader.pointee.isEmpty else { return }
            side.request.lost(identifier)
        }
    }
}
