/// XPUB: notices of subscriptions, and messages of the same peers, in the order in which each peer
/// caused them.
///
/// Messages lie in the streams of their pipes. Notices come by letter, by way of the sending side,
/// which keeps the subscriptions. So each notice says how many messages of its peer go before it.
extension SocketCore {
    func receiveInOrder() -> Message? {
        if let first = receiveNoticed() { return first }
        guard receiving.pointee.queue.next() != nil else { return nil }
        // A notice that belongs before this message may still be on its way: it was posted before
        // the message was published. Once the sending side has been entered it has arrived. The
        // sending side goes first where both are entered, so this one is left meanwhile.
        leaveReceiver()
        enterSender()
        leaveSender()
        enterReceiver()
        guard !receiving.pointee.hasEnded else { return nil }
        return receiveNoticed() ?? receiveMessage(from: receiving.pointee.queue.next())
    }

    /// The oldest notice, or a message that its peer had sent before.
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
