/// XPUB: delivers a peer's notices and messages in the order in which the peer caused them.
///
/// Messages lie in the streams of their pipes. Notices come by letter from the sending side, which
/// keeps the subscriptions. So each notice carries the number of messages that its peer sent
/// before.
extension SocketCore {
    func receiveInOrder() -> Message? {
        if let first = receiveNoticed() { return first }
        guard receiving.pointee.queue.next() != nil else { return nil }
        // A notice that belongs before this message may still be under way: it was posted before
        // the message was published. Entering the sending side makes it arrive. Where both gates
        // are needed the send gate is entered first, so the receive gate is left meanwhile.
        leaveReceiver()
        enterSender()
        leaveSender()
        enterReceiver()
        guard !receiving.pointee.hasEnded else { return nil }
        return receiveNoticed() ?? receiveMessage(from: receiving.pointee.queue.next())
    }

    /// Takes the oldest notice, or a message that its peer had sent before the notice.
    private func receiveNoticed() -> Message? {
        guard let oldest = receiving.pointee.notices.oldest else { return nil }
        if let pipe = oldest.pipe, pipe.receiveIndex >= 0, !pipe.conflates,
            pipe.inlet.reader.pointee.consumed < oldest.precedingMessages
        {
            let lane = ReceiveLane(pipe)
            if lane.reader.pointee.hasMessage() { return receiveMessage(from: lane) }
        }
        return receiveNotice()
    }

    private func receiveMessage(from lane: ReceiveLane?) -> Message? {
        guard let lane else { return nil }
        let metadata = receiving.pointee.describesMessages ? lane.pipe.metadata : nil
        let message = lane.reader.pointee.takeMessage()
        finishTaking(from: lane)
        return message.described(by: metadata)
    }

    private func receiveNotice() -> Message? {
        guard let notice = receiving.pointee.notices.popFirst() else { return nil }
        if notice.scope == .grant {
            receiving.pointee.lastNoticed = NoticedPeer(pipe: notice.pipe)
            if let pipe = notice.pipe, !notice.isFarewell {
                noteReceivedGrant(of: pipe, bytes: notice.topic.count)
            }
        }
        guard receiving.pointee.describesMessages else { return notice.message }
        return notice.message.described(by: notice.peer?.metadata)
    }
}
