internal import ZeroMQProtocol

/// XPUB: subscriptions that the application grants, and messages for a single peer.
extension SocketCore {
    /// Subscribes the peer whose notice was received last, or cancels its subscription.
    func changeGrant(_ topic: Frame, isSubscribe: Bool) throws(ZeroMQError) {
        // If that peer has gone, nothing is changed, even if a new peer has its number.
        guard let pipe = try lastNoticed().pipe else { return }
        withSender { side in
            guard pipe.subscriber >= 0 else { return }
            side.isStirred = true
            if isSubscribe {
                // The limit is on what the peer asked for, although the application grants it.
                if let limit = side.subscriptions.limitExceeded(
                    by: topic,
                    of: pipe.subscriber,
                    ProtocolLimits()
                ) {
                    pipe.farEnd?.refuse(.limitExceeded(limit))
                    return
                }
                _ = side.subscriptions.insert(topic, for: pipe.subscriber)
            } else {
                _ = side.subscriptions.remove(topic, for: pipe.subscriber)
            }
        }
    }

    func directNextMessage() throws(ZeroMQError) {
        let peer = try lastNoticed()
        withSender { $0.onlyTarget = peer }
    }

    func lastNoticed() throws(ZeroMQError) -> NoticedPeer {
        let isManual = withSender { $0.isManual }
        guard isManual, let peer = withReceiver({ $0.lastNoticed }) else {
            throw ZeroMQError(
                .invalidState,
                "no notice of a subscription has been received that this could refer to",
                hint: "set isManual and receive a notice first"
            )
        }
        return peer
    }

    /// A peer asks for a subscription after it had sent `messages` messages; the application
    /// decides.
    func askForGrant(
        _ pipe: SocketPipe,
        _ topic: Frame,
        isSubscribe: Bool,
        after messages: UInt64
    ) {
        let limits = ProtocolLimits()
        let requests = sending.pointee.requests ?? RequestedTopics()
        if isSubscribe,
            let limit = requests.limitExceeded(by: topic, of: pipe.subscriber, limits)
        {
            pipe.farEnd?.refuse(.limitExceeded(limit))
            return
        }
        guard pipe.requestedGrants < limits.grantsWaiting else {
            pipe.farEnd?.refuse(.limitExceeded(.topics))
            return
        }
        guard topic.count <= limits.grantBytesWaiting - pipe.requestedGrantBytes else {
            pipe.farEnd?.refuse(.limitExceeded(.topicBytes))
            return
        }
        pipe.requestedGrants += 1
        pipe.requestedGrantBytes += topic.count
        sending.pointee.requests = requests
        let isNews = requests.change(topic, of: pipe.subscriber, isSubscribe: isSubscribe)
        tell(topic, isSubscribe: isSubscribe, isFirstOrLast: isNews, .grant, pipe, after: messages)
    }

    /// Reports a subscription to the application.
    func tell(
        _ topic: Frame,
        isSubscribe: Bool,
        isFirstOrLast: Bool,
        _ scope: NoticeQueue.Scope,
        _ pipe: SocketPipe,
        after messages: UInt64
    ) {
        let notice = NoticeQueue.Notice(
            topic: topic,
            isSubscribe: isSubscribe,
            isFirstOrLast: isFirstOrLast,
            scope: scope,
            precedingMessages: messages,
            pipe: pipe,
            peerNumber: pipe.peerNumber
        )
        pipe.arrivedChanges?.noticePosted()
        deliverToReceiver(Letter(.notice(notice), pipe: pipe))
    }

    /// Gives a peer the number that tells its notices from those of other peers.
    func numberSubscriber(_ pipe: SocketPipe) {
        sending.pointee.subscribersSeen += 1
        pipe.peerNumber = sending.pointee.subscribersSeen
    }

    /// Turns the list of matching peers into the list of peers that get the message.
    func adjust(_ matched: UnsafeBufferPointer<UInt32>) -> UnsafeBufferPointer<UInt32> {
        var adjusted = Array(matched)
        if !sending.pointee.departedSubscribers.isEmpty {
            adjusted.removeAll { sending.pointee.subscribers[$0] == nil }
        }
        if sending.pointee.invertsMatching {
            let wanting = Set(matched)
            adjusted = sending.pointee.pipes.pipes.filter { $0.subscriber >= 0 }
                .map { UInt32($0.subscriber) }
                .filter { !wanting.contains($0) }
        }
        if let target = sending.pointee.onlyTarget {
            sending.pointee.onlyTarget = nil
            // If the target has gone, the message is sent to no peer.
            let subscriber = target.pipe?.subscriber ?? -1
            adjusted.removeAll { Int($0) != subscriber }
        }
        let found = sending.pointee.matcher.found
        found.replace(by: adjusted)
        return found.subscribers
    }

    /// Sends a new subscriber its first message (ZMQ_XPUB_WELCOME_MSG).
    func welcomeSubscriber(_ pipe: SocketPipe) {
        guard let message = sending.pointee.welcomeMessage else { return }
        let writer = pipe.outlet.writer
        writer.pointee.begin()
        writer.pointee.append(message)
        if writer.pointee.publish() { pipe.outlet.wakeConsumer() }
    }
}

extension SocketCore {
    /// The application has received a notice, so the peer may have another one waiting.
    ///
    /// The count is guarded by the send gate, which must not be entered from inside the receive
    /// gate. So a letter carries the news.
    func noteReceivedGrant(of pipe: SocketPipe, bytes: Int) {
        deliverToSender(Letter(.grantRead(bytes), pipe: pipe))
    }
}
