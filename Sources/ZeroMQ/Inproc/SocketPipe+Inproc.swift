internal import ZeroMQProtocol

/// Messages of an inproc pipe that the application did not send, or that are sent again.
extension SocketPipe {
    /// Appends messages that this side made. Returns true if the consumer has to be woken.
    ///
    /// They need no room: there are at most three.
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

    /// Takes back messages that no peer has read or will read.
    func takeBack() -> [Message] {
        let messages = outbound.takeRest()
        outbound.wakeProducerIfNeeded()
        return messages
    }
}

extension WireStream {
    /// Takes everything that is left, for the current user of the reading end.
    func takeRest() -> [Message] {
        var messages: [Message] = []
        while reader.pointee.hasMessage() { messages.append(reader.pointee.takeMessage()) }
        reader.pointee.acknowledgeRest()
        return messages
    }
}
