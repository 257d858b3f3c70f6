/// XSUB: changes of subscription among messages, in the order in which the application sent both.
///
/// Changes have a way of their own past the messages, because they must not wait for room. Where
/// the two would overtake each other they go through the stream, in the form of messages, which
/// every publisher understands. Called inside the send gate.
extension SocketPipe {
    /// Tells the peer of a change, behind the messages that were sent before.
    func tellInOrder(_ change: SubscriptionMessage, isRepetition: Bool) {
        let writer = outbound.writer
        // A socket in this process counts the messages instead.
        if farEnd is SocketPipe || !writer.pointee.hasUntaken {
            farEnd?.subscriptionChanged(
                change,
                isRepetition: isRepetition,
                after: writer.pointee.sent
            )
        } else {
            send(change)
        }
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

extension StreamWriter {
    /// Whether the consumer has not yet taken everything.
    fileprivate var hasUntaken: Bool {
        mutating get {
            _ = refreshRoom()
            return sent != acknowledgedSeen
        }
    }
}
