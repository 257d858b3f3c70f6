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
        if receiveInTurn(into: &message) { return true }
        guard let other = try receiveAtOnce() else { return false }
        message = other
        return true
    }

    /// See the other `receiveInTurn`. SUB has its turn here too, because it receives the most.
    @inline(__always)
    private func receiveInTurn(into message: inout Message) -> Bool {
        switch receiving.pointee.undescribed {
        case .plain, .filtered: break
        case .named, .request, .reply, .notices, .described, .none: return false
        }
        enterReceiver()
        let isTaken = isPlain ? takePlain(into: &message) : takeFiltered(into: &message)
        leaveReceiver()
        return isTaken
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
        guard receiving.pointee.pattern == .filtered, !receiving.pointee.hasEnded else {
            return false
        }
        while takePlain(into: &message) {
            if isSubscribed(to: message) { return true }
        }
        return false
    }
}
