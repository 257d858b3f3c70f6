/// XSUB: changes of subscription among messages, in the order in which the application sent both.
///
/// Changes have a way of their own past the messages, because they must not wait for room. There
/// they wait until the messages that were sent before them have been written, and while they wait
/// they can be settled: a topic that comes and goes again takes no more room than one that stays.
/// When another message is sent they go into the stream before it, in the form of messages, which
/// every publisher understands; so there are few for each message that has room. Called inside the
/// send gate.
extension SocketPipe {
    /// Tells the peer of a change, behind the messages that were sent before.
    func tellInOrder(_ change: SubscriptionMessage, isRepetition: Bool) {
        farEnd?.subscriptionChanged(
            change,
            isRepetition: isRepetition,
            // A socket in this process counts the messages.
            after: outbound.writer.pointee.sent
        )
    }

    /// Called before a message is sent: what the peer has not been told yet goes first.
    func sendWaitingChanges() {
        for change in farEnd?.takeWaitingChanges() ?? [] { send(change) }
    }

    private func send(_ change: SubscriptionMessage) {
        outbound.writer.pointee.begin()
        outbound.writer.pointee.append(change.message)
        // The application has sent it, but not as a message.
        surplusMessages += 1
        if outbound.writer.pointee.publish() { outbound.wakeConsumer() }
    }
}
