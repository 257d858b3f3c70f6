internal import ZeroMQReactor

/// Receives into a message that the caller no longer needs, reusing its memory.
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
        if try receiveAtOnce(into: &message) { return true }
        context.attendLoop()
        return false
    }

    @inline(__always)
    private func receiveAtOnce(into message: inout Message) throws(ZeroMQError) -> Bool {
        if receiveInTurn(into: &message) { return true }
        guard let other = try receiveAtOnce() else { return false }
        message = other
        return true
    }

    /// Like the other `receiveInTurn`, but SUB and ROUTER have their fast path here too, because
    /// they receive the most.
    @inline(__always)
    private func receiveInTurn(into message: inout Message) -> Bool {
        switch receivePattern {
        case .plain, .filtered, .named: break
        case .request, .reply, .notices, .described, .none: return false
        }
        enterReceiver()
        let isTaken = isPlain ? takePlain(into: &message) : takeOther(into: &message)
        leaveReceiver()
        return isTaken
    }

    @inline(never)
    private func takeOther(into message: inout Message) -> Bool {
        guard !receiving.pointee.hasEnded else { return false }
        switch receiving.pointee.pattern {
        case .filtered: return takeFiltered(into: &message)
        case .named: return takeNamed(into: &message)
        case .plain, .request, .reply, .notices, .described, .none: return false
        }
    }

    @inline(__always)
    private func takePlain(into message: inout Message) -> Bool {
        guard let lane = receiving.pointee.queue.next() else { return false }
        lane.reader.pointee.takeMessage(into: &message)
        finishTaking(from: lane)
        return true
    }

    private func takeFiltered(into message: inout Message) -> Bool {
        var budget = PassingBudget()
        while takePlain(into: &message) {
            if isSubscribed(to: message) { return true }
            guard budget.allows(message.count, context.clock) else { break }
        }
        return false
    }

    private func takeNamed(into message: inout Message) -> Bool {
        guard let lane = receiving.pointee.queue.next() else { return false }
        var frames = FrameRefill(of: &message)
        frames.add(lane.reader.pointee.originFrame)
        lane.reader.pointee.takeRemainingFrames(into: &frames)
        finishTaking(from: lane)
        message = frames.finish()
        return true
    }
}
