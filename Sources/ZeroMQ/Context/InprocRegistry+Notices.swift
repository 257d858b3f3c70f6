internal import ZeroMQProtocol

/// Messages that an inproc connection makes by itself, as one over the network does.
extension InprocRegistry {
    /// Puts first into both streams what either side's options want there.
    ///
    /// What was sent before the other side came has to make way for that.
    func open(
        _ near: SocketPipe,
        _ far: SocketPipe,
        sending: (near: [Message], far: [Message])
    ) {
        // Nobody writes to the far pipe, nor reads from it, before it is attached.
        if far.append(sending.far) { far.outbound.wakeConsumer() }
        guard !sending.near.isEmpty, let core = near.core else { return }
        core.enterSender()
        let sent = near.takeBack()
        near.surplusMessages += sent.count
        // Nobody sleeps at this stream yet.
        _ = near.append(sending.near)
        for message in sent { near.write(message) }
        core.leaveSender()
    }
}

extension SocketPipe {
    /// Appends messages of our own making. True if the consumer has to be woken.
    ///
    /// They do not wait for room: there are three of them at most.
    func append(_ messages: [Message]) -> Bool {
        surplusMessages += messages.count
        var wakes = false
        for message in messages where write(message) { wakes = true }
        return wakes
    }

    @discardableResult
    func write(_ message: Message) -> Bool {
        let writer = outbound.writer
        writer.pointee.begin()
        writer.pointee.append(message)
        return writer.pointee.publish()
    }

    /// Takes out again what nobody has read, and nobody else is going to.
    func takeBack() -> [Message] {
        let reader = outbound.reader
        var messages: [Message] = []
        while reader.pointee.hasMessage() { messages.append(reader.pointee.takeMessage()) }
        reader.pointee.acknowledgeRest()
        outbound.wakeProducerIfNeeded()
        return messages
    }
}
