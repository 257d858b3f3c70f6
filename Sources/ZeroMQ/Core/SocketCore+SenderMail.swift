internal import ZeroMQProtocol

/// Letters to the sending side: pipes that come, go or gain room, and peers that identify
/// themselves.
///
/// If both sides must learn of a change, the sending side learns first and passes the letter on. So
/// a pipe that is refused here never reaches the receiving side.
extension SocketCore {
    /// Reads all letters that have arrived. Called by the holder of the send gate, which reads
    /// later ones when it leaves.
    @inline(never)
    func readSenderMail() {
        for letter in sendGate.takeMail() {
            let content = letter.content
            guard let pipe = letter.arrive() else { continue }
            handleAtSender(content, pipe)
        }
    }

    private func handleAtSender(_ content: Letter.Content, _ pipe: SocketPipe) {
        switch content {
        case .room: pipeGainedRoom(pipe)
        case .partnerMark: applySendMark(to: pipe)
        case .shelved: takeFromShelf(pipe)
        case .grantRead(let bytes):
            pipe.requestedGrants -= 1
            pipe.requestedGrantBytes -= bytes
        case .attach: attachAtSender(pipe)
        case .identify(let peer): identifyAtSender(pipe, as: peer)
        case .retire:
            leaveHeldRequest(to: pipe)
            retireAtSender(pipe)
            pipe.farEnd?.sendingStopped()
        case .detach: detachAtSender(pipe)
        case .depart(let cause, let cut): departAtSender(pipe, counting: cause, cut: cut)
        case .refusal(let error): sending.pointee.note(refusal: error, of: pipe)
        case .subscriptions: takeUpSubscriptions(of: pipe)
        case .departedSubscribers: forgetSubscribers()
        case .connectionLost:
            sending.pointee.balancer.remove(pipe)
            deliverToReceiver(Letter(.connectionLost, pipe: pipe))
        case .subscription(let topic, let isSubscribe, let messages):
            applySubscription(of: pipe, to: Frame(topic), isSubscribe: isSubscribe, after: messages)
        case .readable, .rename, .notice, .noticesEnd, .inboundMark, .placed:
            preconditionFailure("a letter to the receiving side was delivered to the sending side")
        }
    }

    func pipeGainedRoom(_ pipe: SocketPipe) {
        sending.pointee.isStirred = true
        placeWaitingMessage(pipe)
        switch sending.pointee.pattern {
        case .balance, .pair:
            if pipe.sendIndex >= 0 { sending.pointee.balancer.activate(pipe) }
        case .request:
            if pipe.sendIndex >= 0 { sending.pointee.balancer.activate(pipe) }
            placeHeldRequest()
        case .none, .publish, .upstream, .reply, .route, .raw: break
        }
    }

    // MARK: Joining

    /// Whether a PAIR has a place for the peer behind this pipe now.
    func hasPlace(for pipe: SocketPipe) -> Bool {
        withSender { side in
            // A pipe that is leaving does not count.
            side.pipes.contains(pipe) || side.pipes.pipes.allSatisfy(\.isRetired)
        }
    }

    func attachAtSender(_ pipe: SocketPipe) {
        guard sending.pointee.ending == nil else { return refuse(pipe, .closing) }
        if sending.pointee.pattern == .pair {
            if sending.pointee.pipes.contains(pipe) {
                pipe.farEnd?.admit(as: nil)
                return
            }
            // A pipe that is leaving does not count.
            guard sending.pointee.pipes.pipes.allSatisfy(\.isRetired) else {
                return refuse(pipe, .surplusPeer)
            }
        }
        applySendMark(to: pipe)
        sending.pointee.pipes.add(pipe)
        sending.pointee.isStirred = true
        switch sending.pointee.pattern {
        case .balance: sending.pointee.balancer.add(pipe)
        case .pair: if !pipe.awaitsPeer { sending.pointee.balancer.add(pipe) }
        // It is asked once its peer is there.
        case .request: break
        case .publish:
            sending.pointee.subscribers.add(pipe)
            numberSubscriber(pipe)
            sending.pointee.sureRoom = 0
            welcomeSubscriber(pipe)
        case .route, .raw: return attachNamed(pipe)
        case .reply: pipe.sendIndex = 0
        case .none, .upstream: break
        }
        deliverToReceiver(Letter(.attach, pipe: pipe))
        if sending.pointee.pattern == .pair { pipe.farEnd?.admit(as: nil) }
    }

    /// A pipe of ROUTER or STREAM joins as soon as it has a name.
    private func attachNamed(_ pipe: SocketPipe) {
        guard let name = pipe.givenRoutingID else { return }
        // The counter of generated names has come round to that of a peer which is still there.
        let isWorn = name.first == 0 && sending.pointee.routes[name] != nil
        enter(pipe, as: isWorn ? Frame() : name)
    }

    func identifyAtSender(_ pipe: SocketPipe, as peer: PeerDescription) {
        guard !pipe.hasLeft, !pipe.isRetired else { return }
        if !sending.pointee.pipes.contains(pipe) {
            // The pipe was refused when it was first attached. Now that it is connected, it is
            // attached if there is a place for it; otherwise it is refused again.
            attachAtSender(pipe)
            guard sending.pointee.pipes.contains(pipe) else { return }
        }
        guard name(pipe, after: peer) else { return }
        pipe.isBeingClosed = false
        if pipe.awaitsPeer {
            pipe.awaitsPeer = false
            sending.pointee.balancer.add(pipe)
        }
        if sending.pointee.pattern.choosesPeers { pipe.farEnd?.admit(as: pipe.routingID) }
        sending.pointee.isStirred = true
        deliverToReceiver(Letter(.identify(peer), pipe: pipe))
        guard sending.pointee.pattern == .request else { return }
        if pipe.sendIndex < 0 { sending.pointee.balancer.add(pipe) }
        placeHeldRequest()
    }

    /// Gives a pipe of ROUTER or STREAM its peer's current name. Returns false if the pipe was
    /// refused.
    func name(_ pipe: SocketPipe, after peer: PeerDescription) -> Bool {
        guard [.route, .raw].contains(sending.pointee.pattern) else { return true }
        let wanted = pipe.givenRoutingID ?? Frame(peer.identity)
        guard let present = pipe.routingID else { return enter(pipe, as: wanted) }
        return wanted.isEmpty || wanted == present || enter(pipe, as: wanted)
    }

    /// Adds a pipe under a name, which is generated if `wanted` is empty. Returns false if refused.
    @discardableResult
    private func enter(_ pipe: SocketPipe, as wanted: Frame) -> Bool {
        if let holder = sending.pointee.routes[wanted]?.pipe, holder !== pipe {
            guard sending.pointee.allowsHandover else {
                dismiss(pipe)
                return false
            }
            // The new peer takes the name before the previous one has gone.
            pipe.farEnd?.admit(as: wanted)
            dismiss(holder)
        }
        let id = wanted.isEmpty ? sending.pointee.routes.generateID() : wanted
        sending.pointee.routes.remove(pipe)
        sending.pointee.routes.insert(pipe, id: id)
        // The receiving side learns the name before any message can come from this pipe.
        deliverToReceiver(Letter(.rename(id), pipe: pipe))
        deliverToReceiver(Letter(.attach, pipe: pipe))
        noteFreePlace()
        return true
    }

    /// Removes a pipe's name and refuses its peer.
    ///
    /// The pipe stays in the list: if it is a connecting one, it will reconnect and ask for a name
    /// again.
    private func dismiss(_ pipe: SocketPipe) {
        if pipe.routingID != nil { deliverToReceiver(Letter(.detach, pipe: pipe)) }
        sending.pointee.routes.remove(pipe)
        refuse(pipe, .duplicateIdentity)
    }

    private func refuse(_ pipe: SocketPipe, _ reason: Refusal) {
        pipe.farEnd?.refuse(reason)
    }

    // MARK: Leaving

    /// Removes a pipe from everything that chooses where a message goes.
    ///
    /// It stays in the list: what it holds is still sent, counted and waited for, as for other
    /// pipes. Messages that arrive through it are still received.
    func retireAtSender(_ pipe: SocketPipe) {
        guard !pipe.isRetired else { return }
        pipe.isRetired = true
        guard sending.pointee.pipes.contains(pipe) else { return }
        if pipe.conflates {
            takeFromShelf(pipe)
            placeWaitingMessage(pipe, evenIfFull: true)
        }
        sending.pointee.isStirred = true
        switch sending.pointee.pattern {
        case .balance, .request, .pair: sending.pointee.balancer.remove(pipe)
        case .publish: detachSubscriber(pipe)
        case .route, .raw: sending.pointee.routes.remove(pipe)
        case .reply: pipe.sendIndex = -1
        case .none, .upstream: break
        }
        noteFreePlace()
    }

    func detachAtSender(_ pipe: SocketPipe) {
        pipe.hasLeft = true
        guard sending.pointee.pipes.contains(pipe) else { return }
        retireAtSender(pipe)
        sending.pointee.sentToDeparted += pipe.sentCount
        // Done last, because the patterns do not retain their pipes: the list does.
        sending.pointee.pipes.remove(pipe)
        // `flush` may have been waiting for this pipe's messages only.
        sending.pointee.isStirred = true
        deliverToReceiver(Letter(.detach, pipe: pipe))
        noteFreePlace()
    }

    /// Counts what a pipe could not send and releases the pipe, without leaving the gate. So no
    /// message can come in between, and each is counted exactly once.
    private func departAtSender(_ pipe: SocketPipe, counting cause: DropCause, cut: Int) {
        retireAtSender(pipe)
        let unsent = pipe.unsentMessages + cut
        pipe.leftUnsent = unsent
        drops.count(cause, unsent)
        detachAtSender(pipe)
        pipe.farEnd?.departed(unsent: unsent)
    }

    // MARK: Subscriptions of peers

    /// Applies the changes of subscription that a peer has sent. At an XPUB it waits until the
    /// receiving side has read the notices of earlier changes; the receiving side then calls it.
    func takeUpSubscriptions(of pipe: SocketPipe, evenIfNoticesWait: Bool = false) {
        guard let arrived = pipe.arrivedChanges else { return }
        guard evenIfNoticesWait || !arrived.hasNoticesUnderWay else { return }
        let (changes, pings, isAwaited) = arrived.take()
        for change in changes {
            applySubscription(
                of: pipe,
                to: change.topic,
                isSubscribe: change.isSubscribe,
                after: change.precedingMessages
            )
        }
        if !pings.isEmpty { pipe.farEnd?.answer(pings) }
        if isAwaited { pipe.farEnd?.subscriptionsTaken() }
    }

    private func applySubscription(
        of pipe: SocketPipe,
        to topic: Frame,
        isSubscribe: Bool,
        after messages: UInt64
    ) {
        guard pipe.subscriber >= 0 else { return }
        sending.pointee.isStirred = true
        if sending.pointee.isManual {
            return askForGrant(pipe, topic, isSubscribe: isSubscribe, after: messages)
        }
        if isSubscribe,
            let limit = sending.pointee.subscriptions.limitExceeded(
                by: topic,
                of: pipe.subscriber,
                ProtocolLimits()
            )
        {
            return refuse(pipe, .limitExceeded(limit))
        }
        let change =
            isSubscribe
            ? sending.pointee.subscriptions.insert(topic, for: pipe.subscriber)
            : sending.pointee.subscriptions.remove(topic, for: pipe.subscriber)
        guard kind == .xPublisher, isNoticed(change, isSubscribe: isSubscribe) else { return }
        let isEach = sending.pointee.notices == .everything
        let isFirstOrLast = isEach ? change.isNew : change.isFirstOrLast
        let scope = isEach ? NoticeQueue.Scope.peer : .topic
        tell(
            topic,
            isSubscribe: isSubscribe,
            isFirstOrLast: isFirstOrLast,
            scope,
            pipe,
            after: messages
        )
    }

    private func isNoticed(_ change: SubscriptionTable.Change, isSubscribe: Bool) -> Bool {
        switch sending.pointee.notices {
        case .changes: change.isFirstOrLast
        case .allSubscriptions: isSubscribe || change.isFirstOrLast
        case .everything: true
        }
    }
}
