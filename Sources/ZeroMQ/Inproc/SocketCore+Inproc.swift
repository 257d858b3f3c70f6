internal import ZeroMQProtocol

/// What a turn of `InprocRegistry` does to a socket. Each method enters one gate after another.
extension SocketCore {
    // MARK: Before there is a peer

    /// Attaches a pipe if the pattern has a place for it: messages are queued from now on.
    func join(_ pipe: SocketPipe) {
        enterSender()
        let isIn = sending.pointee.pipes.contains(pipe)
        if !isIn, objectionInside(to: pipe, []) == nil { attachAtSender(pipe) }
        leaveSender()
    }

    /// Why the pattern refuses a pipe whose peer has this name; nil if it does not.
    func objection(
        to pipe: SocketPipe,
        _ identity: [UInt8],
        mayTakeOver: Bool = true
    ) -> Refusal? {
        enterSender()
        defer { leaveSender() }
        return objectionInside(to: pipe, identity, mayTakeOver: mayTakeOver)
    }

    /// A peer that is turned away is told when a place comes free.
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
            // A pipe that is leaving does not count.
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

    /// A pipe has gone or has been renamed, so there may be room for a peer that was turned away.
    /// Called inside the send gate.
    func noteFreePlace() {
        guard sending.pointee.hasTurnedAway else { return }
        sending.pointee.hasTurnedAway = false
        context.inproc.later(.freePlace(self), in: context)
    }

    // MARK: Meeting

    /// From here on, changes of this socket's receive mark are told to the socket behind the pipe.
    func meet(_ partner: SocketCore?, at pipe: SocketPipe) {
        withReceiver { _ in pipe.inproc?.partnerOfReceiver = partner }
    }

    /// Attaches a pipe and identifies its peer, or returns why not.
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
            // Safe here: nothing is written to the pipe before it is attached.
            pipe.outbound.writer.pointee.highWaterMark = 1
            pipe.conflate()
        }
        pipe.inproc?.partnerOfSender = partner
        // Nothing else is sent before the gate is left.
        if pipe.append(openings) { pipe.outbound.wakeConsumer() }
        attachAtSender(pipe)
        if introducing { identifyAtSender(pipe, as: peer) } else { _ = name(pipe, after: peer) }
        return nil
    }

    /// The peer behind a pipe of this socket has come. The pipe may have its place already.
    func identify(_ pipe: SocketPipe, as peer: PeerDescription, partner: SocketCore?) {
        enterSender()
        pipe.inproc?.partnerOfSender = partner
        if sending.pointee.pipes.contains(pipe) { applySendMark(to: pipe) }
        if sending.pointee.ending == nil { identifyAtSender(pipe, as: peer) }
        leaveSender()
    }

    /// The name under which a ROUTER knows the peer behind a pipe; nil at other sockets.
    func name(of pipe: SocketPipe) -> Frame? {
        sendPattern == .route ? withSender { _ in pipe.routingID } : nil
    }

    // MARK: Queues

    /// Puts messages before those already sent, which no peer has read or is reading.
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

    /// Sends messages through this pipe that were sent through another, before newer ones. If only
    /// the newest message counts, newer ones replace them.
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

    /// Puts nothing more into a pipe that waits for a peer. The pipe keeps what it holds.
    func retire(_ pipe: SocketPipe) {
        enterSender()
        leaveHeldRequest(to: pipe)
        retireAtSender(pipe)
        leaveSender()
    }

    /// Stops sending through a pipe. Messages sent from now on go through the next one, if any.
    ///
    /// Returns the waiting message of a conflating pipe, unless it is still to be sent, and the
    /// request that was sent through the pipe and has no reply yet.
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

    /// Settles what has arrived through a pipe that is no longer written to. A socket that is still
    /// open reads it, and then the farewells. Otherwise it is returned.
    func settle(_ pipe: SocketPipe, farewells: [Message]) -> [Message] {
        enterReceiver()
        defer { leaveReceiver() }
        pipe.inproc?.partnerOfReceiver = nil
        confirmations?.left(pipe)
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
        // The receiving side may have let go of the pipe before the last message arrived.
        if pipe.receiveIndex < 0, pipe.inbound.reader.pointee.hasMessage() {
            attachAtReceiver(pipe)
        }
        detachAtReceiver(pipe)
        return []
    }

    /// The pipe of a request has gone: the request was lost, answered, or waits in the next pipe.
    func settleRequest(_ identifier: UInt32, _ pipe: SocketPipe, next: SocketPipe?) {
        withReceiver { side in
            if let next { return side.request.moved(identifier, to: next) }
            guard pipe.inbound.reader.pointee.isEmpty else { return }
            side.request.lost(identifier)
        }
    }
}
