internal import ZeroMQReactor

/// Receiving into a message that is no longer needed, whose memory is used again.
extension SocketCore {
    @usableFromInline
    func receive(into message: inout Message) throws(ZeroMQError) {
        if try receiveAtOnce(into: &message) { return }
        message = try receiveSlowly(timeout: receiveTimeout.value)
    }

    @usableFromInline
    func receive(into message: inout Message, timeout: Duration) throws(ZeroMQError) {
        if try receiveAtOnce(into: &message) { return }
        message = try receiveSlowly(timeout: timeout)
    }

    @usableFromInline
    func tryReceive(into message: inout Message) throws(ZeroMQError) -> Bool {
        try receiveAtOnce(into: &message)
    }

    @inline(__always)
    private func receiveAtOnce(into message: inout Message) throws(ZeroMQError) -> Bool {
        enterReceiver()
        if takeUnnamed(into: &message) {
            leaveReceiver()
            return true
        }
        // Everything that is not an ordinary message: other patterns, errors, nothing at all.
        guard let other = try attemptReceiveOrLeave() else {
            leaveReceiver()
            return false
        }
        leaveReceiver()
        message = other
        return true
    }

    /// Takes a message as its sender sent it, where the pattern adds nothing. False if it does, or
    /// if there is none.
    @inline(__always)
    private func takeUnnamed(into message: inout Message) -> Bool {
        guard !receiving.pointee.hasEnded else { return false }
        switch receiving.pointee.pattern {
        case .plain: return takePlain(into: &message)
        case .filtered: return takeFiltered(into: &message)
        case .named, .request, .reply, .notices, .described, .none: return false
        }
    }

    @inline(__always)
    private func takePlain(into message: inout Message) -> Bool {
        guard let lane = receiving.pointee.queue.next() else { return false }
        lane.reader.pointee.takeMessage(into: &message)
        finishTaking(from: lane)
        return true
    }

    @inline(never)
    private func takeFiltered(into message: inout Message) -> Bool {
        while takePlain(into: &message) {
            if isSubscribed(to: message) { return true }
        }
        return false
    }
}
