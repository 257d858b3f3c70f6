/// Receiving messages together with the metadata of their peers.
extension SocketCore {
    /// Takes the next message and attaches the metadata of the pipe it came through.
    func receiveDescribed() throws(ZeroMQError) -> Message? {
        switch receiving.pointee.undescribed {
        case .plain, .none, .described: return takeDescribed { receivePlain() }
        case .named: return takeDescribed { receiveNamed() }
        case .notices: return receiveInOrder()
        case .filtered: return receiveFilteredDescribed()
        case .request:
            let reply = try receiveReply()
            return reply?.described(by: receiving.pointee.replier)
        case .reply:
            let request = receiveRequest()
            return request?.described(by: receiving.pointee.reply.debt?.pipe.metadata)
        }
    }

    /// The lane whose turn it is supplies the message, and its pipe supplies the description.
    private func takeDescribed(_ take: () -> Message?) -> Message? {
        guard let metadata = receiving.pointee.queue.next()?.pipe.metadata else { return take() }
        return take()?.described(by: metadata)
    }

    private func receiveFilteredDescribed() -> Message? {
        var budget = PassingBudget()
        while let message = takeDescribed({ receivePlain() }) {
            if isSubscribed(to: message) { return message }
            guard budget.allows(message.count, context.clock) else { break }
        }
        return nil
    }
}
