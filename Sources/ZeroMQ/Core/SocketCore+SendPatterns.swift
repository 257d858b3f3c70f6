internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The sending patterns that do more than take turns.
extension SocketCore {
    // MARK: XSUB

    /// XSUB: changes a subscription, or sends a message to every publisher.
    func sendUpstream(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        try checkParts(message.count)
        if message.count == 1, let change = SubscriptionMessage(message[0]) {
            changeSubscription(change.topic, isSubscribe: change.isSubscribe)
            return .sent
        }
        for pipe in sending.pointee.pipes.pipes where !pipe.isRetired {
            let lane = SendLane(pipe)
            guard lane.writer.pointee.hasRoom() else {
                drops.count(.peerFull)
                continue
            }
            pipe.sendWaitingChanges()
            lane.writer.pointee.begin()
            lane.writer.pointee.append(message)
            if lane.writer.pointee.publish() { pipe.outbound.wakeConsumer() }
        }
        return .sent
    }

    // MARK: ROUTER, STREAM

    /// Sends to the peer that the first frame names.
    func sendRouted(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        guard let frames = message.frameArray, frames.count >= 2 else {
            throw .invalidMessage(
                "a ROUTER message begins with the routing id of its peer, and goes on after it"
            )
        }
        try checkParts(frames.count - 1)
        guard let lane = sending.pointee.routes[frames[0]] else {
            return try unroutable(frames[0])
        }
        while !lane.writer.pointee.hasRoom() {
            guard sending.pointee.isMandatory else {
                drops.count(.peerFull)
                return .sent
            }
            if lane.writer.pointee.waitForRoom() { return .blocked }
        }
        lane.writer.pointee.begin()
        lane.writer.pointee.append(frames[1...], continuing: false)
        return publish(on: lane)
    }

    private func unroutable(_ id: Frame) throws(ZeroMQError) -> SendOutcome {
        guard sending.pointee.isMandatory else {
            drops.count(.unroutable)
            return .sent
        }
        throw ZeroMQError(
            .hostUnreachable,
            "no peer has the routing id \(id)",
            hint: "a peer can be addressed once its handshake is complete"
        )
    }

    /// Writes bytes to the connection that the first frame names; an empty second frame closes it.
    func sendRaw(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        guard let frames = message.frameArray, frames.count == 2 else {
            throw .invalidMessage("a STREAM message is a routing id and one frame of bytes")
        }
        guard let lane = sending.pointee.routes[frames[0]], !lane.pipe.isBeingClosed else {
            throw ZeroMQError(.hostUnreachable, "no connection has the routing id \(frames[0])")
        }
        if frames[1].isEmpty { return closeConnection(lane, frames[1]) }
        while !lane.writer.pointee.hasRoom() {
            if lane.writer.pointee.waitForRoom() { return .blocked }
        }
        lane.writer.pointee.begin()
        lane.writer.pointee.append(frames[1], flags: 0)
        return publish(on: lane)
    }

    /// Closes a connection after everything queued for it is written, or when its linger time is
    /// over.
    ///
    /// Needs no room: a peer that reads nothing fills its queue, and must still be closed.
    private func closeConnection(_ lane: SendLane, _ mark: Frame) -> SendOutcome {
        lane.pipe.isBeingClosed = true
        lane.writer.pointee.begin()
        lane.writer.pointee.append(mark, flags: 0)
        let outcome = publish(on: lane)
        lane.pipe.farEnd?.closeRequested(linger: life.withLock { $0.linger })
        return outcome
    }

    // MARK: REQ

    /// Sends a request to the next connected peer, if no request is pending. While there is no
    /// peer, the request is held for the first one that comes.
    @inline(never)
    func sendRequest(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        enterReceiver()
        defer { leaveReceiver() }
        guard receiving.pointee.request.maySend else {
            throw ZeroMQError(
                .invalidState,
                "a request is under way: its reply must be received first",
                hint: "set isRelaxed to give up the old request by sending a new one"
            )
        }
        // The request's id, if it has one, and the delimiter travel before the message.
        try checkParts(message.count + (receiving.pointee.request.marksNext ? 2 : 1))
        if receiving.pointee.request.isAwaiting { try replaceRequest() }
        guard let lane = sending.pointee.balancer.next() else {
            return mayHoldRequest ? hold(message) : .blocked
        }
        lane.writer.pointee.begin()
        let number = receiving.pointee.request.begin()
        lane.writer.append(
            request: message,
            number: receiving.pointee.request.isMarked ? number : nil
        )
        receiving.pointee.request.sent(to: lane.pipe)
        let outcome = publish(on: lane)
        sending.pointee.balancer.advance()
        return outcome
    }

    // MARK: REP

    /// Sends the pending reply. It is dropped if the requester has gone.
    func sendReply(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        try checkParts(message.count)
        enterReceiver()
        defer { leaveReceiver() }
        guard let debt = receiving.pointee.reply.debt else {
            throw ZeroMQError(
                .invalidState,
                "no request has been received that could be replied to",
                hint: "REP receives and sends in turn"
            )
        }
        receiving.pointee.reply.settle()
        guard debt.pipe.sendIndex >= 0 else {
            drops.count(.peerGone)
            return .sent
        }
        let lane = SendLane(debt.pipe)
        // The requester sent an envelope too long to leave room for an answer within the limit.
        guard message.count + debt.envelope.count <= mostParts.load(ordering: .relaxed) else {
            drops.count(.malformed)
            return .sent
        }
        guard lane.writer.pointee.hasRoom() else {
            drops.count(.peerFull)
            return .sent
        }
        lane.writer.pointee.begin()
        lane.writer.pointee.append(debt.envelope[...], continuing: true)
        lane.writer.pointee.append(message)
        return publish(on: lane)
    }
}
