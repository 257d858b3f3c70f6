internal import ZeroMQProtocol

/// XPUB: subscriptions that the application grants, and messages for one peer.
extension SocketCore {
    /// Subscribes the peer noticed last, or takes its subscription back.
    func changeGrant(_ topic: Frame, isSubscribe: Bool) throws(ZeroMQError) {
        let pipe = try lastNoticed()
        withSender { side in
            guard pipe.subscriber >= 0 else { return }
            side.isStirred = true
            if isSubscribe {
                _ = side.subscriptions.insert(topic, for: pipe.subscriber)
            } else {
                _ = side.subscriptions.remove(topic, for: pipe.subscriber)
            }
        }
    }

    func directNextMessage() throws(ZeroMQError) {
        let pipe = try lastNoticed()
        withSender { $0.onlyTarget = pipe }
    }

    private func lastNoticed() throws(ZeroMQError) -> SocketPipe {
        let isManual = withSender { $0.isManual }
        guard isManual, let pipe = withReceiver({ $0.lastNoticed }) else {
            throw ZeroMQError(
                .invalidState,
                "no notice of a subscription has been received that this could refer to",
                hint: "set isManual and receive a notice first"
            )
        }
        return pipe
    }

    /// A peer asks for a subscription: the application will decide.
    func askForGrant(_ pipe: SocketPipe, _ topic: Frame, isSubscribe: Bool) {
        guard pipe.requestedGrants < Self.mostRequestedGrants else {
            pipe.farEnd?.refuse(.limitExceeded(.topics))
            return
        }
        pipe.requestedGrants += 1
        let notice = NoticeQueue.Notice(
            topic: topic,
            isSubscribe: isSubscribe,
            isFirstOrLast: true,
            pipe: pipe
        )
        deliverToReceiver(Letter(.notice(notice), pipe: pipe))
    }

    private static let mostRequestedGrants = 100_000

    /// Makes of the peers that match those that shall have the message.
    func adjust(_ matched: UnsafeBufferPointer<UInt32>) -> UnsafeBufferPointer<UInt32> {
        var adjusted = Array(matched)
        if sending.pointee.invertsMatching {
            let wanting = Set(matched)
            adjusted = sending.pointee.pipes.pipes.filter { $0.subscriber >= 0 }
                .map { UInt32($0.subscriber) }
                .filter { !wanting.contains($0) }
        }
        if let target = sending.pointee.onlyTarget {
            sending.pointee.onlyTarget = nil
            adjusted.removeAll { Int($0) != target.subscriber }
        }
        let found = sending.pointee.matcher.found
        found.replace(by: adjusted)
        return found.subscribers
    }

    /// What a new subscriber gets first (ZMQ_XPUB_WELCOME_MSG).
    func welcomeSubscriber(_ pipe: SocketPipe) {
        guard let message = sending.pointee.welcomeMessage else { return }
        let writer = pipe.outlet.writer
        writer.pointee.begin()
        writer.pointee.append(message)
        if writer.pointee.publish() { pipe.outlet.wakeConsumer() }
    }
}

extension SocketCore {
    /// The application has received a notice: the peer may have another one waiting.
    ///
    /// The count belongs to the send gate, which is not entered from within the receive gate: a
    /// letter brings the news.
    func noteReceivedGrant(of pipe: SocketPipe) {
        deliverToSender(Letter(.grantRead, pipe: pipe))
    }
}
