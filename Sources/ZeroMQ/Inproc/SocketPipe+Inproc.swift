internal import ZeroMQProtocol

/// Messages of a pipe over inproc that are not sent by the application, or once more.
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
        let messages = outbound.takeRest()
        outbound.wakeProducerIfNeeded()
        return messages
    }
}

extension WireStream {
    /// Takes everything that is left, for whoever has the reading end now.
    func takeRest() -> [Message] {
        var messages: [Message] = []
        while reader.pointee.hasMessage() { messages.append(reader.pointee.takeMessage()) }
        reader.pointee.acknowledgeRest()
        return messages
    }
}
