internal import ZeroMQProtocol

/// Letters to the receiving side: pipes that come, go or become readable, and notices.
extension SocketCore {
    /// Reads all letters that have arrived. Called by the holder of the receive gate, which reads
    /// later ones when it leaves.
    @inline(never)
    func readReceiverMail() {
        for letter in receiveGate.takeMail() {
            let content = letter.content
            guard let pipe = letter.arrive() else { continue }
            handleAtReceiver(content, pipe)
        }
    }

    private func handleAtReceiver(_ content: Letter.Content, _ pipe: SocketPipe) {
        switch content {
        case .readable:
            if pipe.conflates { putOnShelf(pipe) }
            if pipe.receiveIndex >= 0 { receiving.pointee.queue.activate(pipe) }
        case .inboundMark(let mark): setInboundMark(of: pipe, to: mark)
        case .attach: attachAtReceiver(pipe)
        case .identify(let peer):
            pipe.note(peer)
            replaySubscriptions(to: pipe)
        case .rename(let id): pipe.inlet.reader.pointee.originFrame = id
        case .detach: detachAtReceiver(pipe)
        case .refusal(let error): receiving.pointee.refusals.note(error, pipe)
        case .connectionLost: receiving.pointee.request.connectionLost(pipe)
        case .placed(let request): receiving.pointee.request.placed(request, in: pipe)
        case .notice(var notice):
            if pipe.arrivedChanges?.noticeRead() == true { pipe.announceChanges() }
            // After the end no caller will receive the notice, and it would keep the pipe alive.
            guard !receiving.pointee.hasEnded else { return }
            notice.peer = pipe.peer
            receiving.pointee.notices.append(notice)
        case .noticesEnd(let number, let unread):
            receiving.pointee.notices.peerLeft(number, unread: unread)
        case .room, .subscriptions, .subscription, .departedSubscribers, .shelved, .grantRead,
            .partnerMark, .retire,
            .depart:
            preconditionFailure("a letter to the sending side was delivered to the receiving side")
        }
    }

    func attachAtReceiver(_ pipe: SocketPipe) {
        guard receiving.pointee.pattern != .none, receiving.pointee.ending == nil else { return }
        receiving.pointee.queue.resume(pipe)
        applyReceiveMark(to: pipe)
        if pipe.conflates { putOnShelf(pipe) }
        // A pipe may come back after it was told to leave, before it was empty: it is still in the
        // queue.
        if pipe.receiveIndex < 0 { receiving.pointee.queue.add(pipe) }
    }

    func detachAtReceiver(_ pipe: SocketPipe) {
        receiving.pointee.request.peerLeft(pipe)
        guard pipe.receiveIndex >= 0 else { return }
        if pipe.conflates { putOnShelf(pipe, isLast: true) }
        drops.count(.peerGone, receiving.pointee.queue.finish(pipe))
    }

    // MARK: Own subscriptions

    /// A peer has come, for the first time or again: sends it all current subscriptions.
    private func replaySubscriptions(to pipe: SocketPipe) {
        guard let confirmations else { return }
        pipe.farEnd?.subscriptionsBegin(receiving.pointee.subscriptions.topics)
        if let partner = pipe.inproc {
            guard partner.partnerOfReceiver != nil else { return }
            confirmations.joined(pipe, named: pipe.peer?.address ?? "inproc", isCertain: true)
        } else if let question = confirmations.openQuestion {
            pipe.farEnd?.askForConfirmation(question)
        }
    }

    /// Subscribes or cancels, and tells the peers.
    ///
    /// Peers hear of every subscription, because an XPUB may report each one to its application.
    /// They hear of the last cancellation for a topic; earlier ones change nothing for them.
    /// Returns false for a cancellation without a subscription.
    @discardableResult
    func changeSubscription(_ topic: Frame, isSubscribe: Bool) -> Bool {
        enterReceiver()
        defer { leaveReceiver() }
        if isSubscribe {
            let isNew = receiving.pointee.subscriptions.insert(topic)
            // If every cancellation is sent, peers may have cancelled a topic that is still in this
            // set.
            let isRepetition = !isNew || receiving.pointee.forwardsEveryCancellation
            tellPeers(topic, isSubscribe: true, isRepetition: isRepetition)
            return true
        }
        guard let isLast = receiving.pointee.subscriptions.remove(topic) else { return false }
        let tellsAll = receiving.pointee.forwardsEveryCancellation
        if isLast || tellsAll {
            tellPeers(topic, isSubscribe: false, isRepetition: tellsAll)
        }
        return true
    }

    private func tellPeers(_ topic: Frame, isSubscribe: Bool, isRepetition: Bool) {
        let change = SubscriptionMessage(topic: topic, isSubscribe: isSubscribe)
        for pipe in receiving.pointee.queue.pipes {
            // Only XSUB also sends messages, and it is inside its send gate here.
            if kind == .xSubscriber {
                pipe.tellInOrder(change, isRepetition: isRepetition)
            } else {
                pipe.farEnd?.subscriptionChanged(change, isRepetition: isRepetition, after: 0)
            }
        }
    }
}
