/// XSUB: changes of subscription among messages, in the order in which the application sent both.
///
/// Changes travel separately from messages, because they must not wait for room. There they wait
/// until earlier messages are written. While they wait they can be merged: a topic that is added
/// and removed again takes no more room than one that stays. Before another message is sent,
/// waiting changes move into the stream in the form of messages, which every publisher understands.
/// So there are few changes for each message that has room. Called inside the send gate.
extension SocketPipe {
    /// Tells the peer of a change, after the messages that were sent before it.
    func tellInOrder(_ change: SubscriptionMessage, isRepetition: Bool) {
        farEnd?.subscriptionChanged(
            change,
            isRepetition: isRepetition,
            // Over inproc, the peer's socket applies the change after this many messages.
            after: outbound.writer.pointee.sent
        )
    }

    /// Called before a message is sent: changes that the peer has not been told of go first.
    func sendWaitingChanges() {
        guard let farEnd else { return }
        for change in farEnd.takeWaitingChanges(after: outbound.writer.pointee.sent) {
            send(change)
        }
        farEnd.waitingChangesSent()
    }

    private func send(_ change: SubscriptionMessage) {
        outbound.writer.pointee.begin()
        outbound.writer.pointee.append(change.message)
        // The application sent the change, but not as a message.
        surplusMessages += 1
        if outbound.writer.pointee.publish() { outbound.wakeConsumer() }
    }
}
