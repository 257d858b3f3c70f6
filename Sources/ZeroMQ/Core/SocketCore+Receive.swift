internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Receiving: one attempt under the gate, and the loop that waits and tries again.
extension SocketCore {
    /// Takes a message in the ordinary case: peers take turns, and one of them has sent something.
    /// Returns nil in every other case. See `sendInTurn`.
    @inline(__always)
    func receiveInTurn() -> Message? {
        guard receivePattern == .plain else { return nil }
        enterReceiver()
        let message = isPlain ? receivePlain() : nil
        leaveReceiver()
        return message
    }

    /// True if messages are received as they were sent, and nothing prevents receiving.
    @inline(__always)
    var isPlain: Bool { receiving.pointee.pattern == .plain && !receiving.pointee.hasEnded }

    /// Takes the next message, if there is one.
    @inline(never)
    func receiveAtOnce() throws(ZeroMQError) -> Message? {
        enterReceiver()
        // A comparison with nil would compare, and destroy, two messages.
        if let message = try attemptReceiveOrLeave() {
            leaveReceiver()
            return message
        }
        if receiving.pointee.mayProceed { return try receiveFurther() }
        leaveReceiver()
        return nil
    }

    /// Makes one attempt; leaves the gate before it throws. Returns nil if there is no message. It
    /// also returns nil while the side still `mayProceed`, when the attempt has skipped its share.
    @inline(__always)
    func attemptReceiveOrLeave() throws(ZeroMQError) -> Message? {
        do throws(ZeroMQError) {
            if receiving.pointee.hasEnded { throw receiving.pointee.ending ?? .socketClosed }
            if let message = try attemptReceive() { return message }
            if let error = receiving.pointee.refusals.error { throw error }
            return nil
        } catch {
            leaveReceiver()
            throw error
        }
    }

    /// Takes the next message, waiting for one. Returns nil if none came in the time allowed.
    @inline(never)
    func receiveWaiting(patience: Patience) throws(ZeroMQError) -> Message? {
        try context.checkProcess()
        let deadline = Deadline(patience, clock: context.clock)
        let parker = makeParker()
        enterReceiver()
        while true {
            if let message = try attemptReceiveOrLeave() {
                leaveReceiver()
                return message
            }
            if receiving.pointee.mayProceed {
                letOthersReceive()
                guard deadline.hasPassed(context.clock) else { continue }
                leaveReceiver()
                return nil
            }
            let (ticket, plan) = try joinReceivers(parker)
            let (isWoken, outcome) = parker.wait(until: deadline.instant, plan)
            let isLate = !isWoken || deadline.hasPassed(context.clock)
            enterReceiver()
            receiving.pointee.spin.note(outcome)
            _ = receiving.pointee.waiters.remove(ticket)
            guard isLate else { continue }
            leaveReceiver()
            // One more attempt after the deadline, because the last wake-up may have come at the
            // same moment.
            return try receiveAtOnce()
        }
    }

    /// Queues the caller as a waiter, and leaves the receive gate. Also returns what the caller
    /// does before it sleeps.
    private func joinReceivers(
        _ parker: ThreadParker
    ) throws(ZeroMQError) -> (WaiterQueue.Ticket, SpinGovernor.Plan) {
        defer { leaveReceiver() }
        try checkHope()
        let plan = receiving.pointee.planWait()
        return (receiving.pointee.waiters.append(.thread(parker)), plan)
    }

    // MARK: Patterns

    @inline(__always)
    private func attemptReceive() throws(ZeroMQError) -> Message? {
        switch receiving.pointee.pattern {
        case .plain: return receivePlain()
        case .filtered: return receiveFiltered()
        case .named: return receiveNamed()
        case .request: return try receiveReply()
        case .reply: return receiveRequest()
        case .notices: return receiveInOrder()
        case .described: return try receiveDescribed()
        case .none: throw .unsupported("receive", on: kind)
        }
    }

    @inline(__always)
    func receivePlain() -> Message? {
        guard let lane = receiving.pointee.queue.next() else { return nil }
        let message = lane.reader.pointee.takeMessage()
        finishTaking(from: lane)
        return message
    }

    /// A message was taken from this lane: its producer may continue, and the next lane has its
    /// turn.
    @inline(__always)
    func finishTaking(from lane: ReceiveLane) {
        if lane.reader.pointee.producerNeedsWaking { lane.pipe.inbound.wakeProducerIfNeeded() }
        receiving.pointee.queue.advance()
    }

    /// SUB: takes the next message that a subscription matches, and skips the others.
    private func receiveFiltered() -> Message? {
        var budget = PassingBudget()
        while let message = receivePlain() {
            if isSubscribed(to: message) { return message }
            guard budget.allows(message.count, context.clock) else { break }
        }
        return nil
    }

    func isSubscribed(to message: borrowing Message) -> Bool {
        let matches = message.withUnsafeBytes { receiving.pointee.subscriptions.matches($0) }
        return matches != receiving.pointee.invertsMatching
    }

    /// ROUTER, STREAM: takes a message, and puts the peer's routing id before it.
    func receiveNamed() -> Message? {
        guard let lane = receiving.pointee.queue.next() else { return nil }
        var frames = [lane.reader.pointee.originFrame]
        lane.reader.pointee.appendRemainingFrames(to: &frames)
        finishTaking(from: lane)
        return Message(body: .frames(frames))
    }

    /// REQ: takes the next message from the peer that was asked, if it is a reply.
    func receiveReply() throws(ZeroMQError) -> Message? {
        guard receiving.pointee.request.isAwaiting else {
            throw ZeroMQError(
                .invalidState,
                "no request is under way whose reply could be received",
                hint: "REQ sends and receives in turn"
            )
        }
        var budget = PassingBudget()
        while let lane = receiving.pointee.queue.next() {
            var isExpected = receiving.pointee.request.asked === lane.pipe
            if !isExpected {
                // The letter that names the pipe of a held request was posted before the request
                // was published. So if this is its reply, the letter is here, or has been read.
                if receiving.pointee.request.isHeld, receiveGate.hasMail {
                    readReceiverMail()
                    continue
                }
                isExpected = receiving.pointee.request.mayAnswer(lane.pipe)
            }
            // Read before the message is taken: the next message may be from another peer.
            if receiving.pointee.describesMessages {
                receiving.pointee.replier = lane.pipe.metadata
            }
            var frames = 1
            let reply = takeReply(from: lane, &frames)
            finishTaking(from: lane)
            if isExpected, let reply {
                receiving.pointee.request.answered()
                return reply
            }
            if !isExpected { drops.count(.lateReply) }
            guard budget.allows(frames, context.clock) else { return nil }
        }
        // Other lanes remain to be searched: the reply may be in one of them.
        if receiving.pointee.queue.activeCount > 0 { return nil }
        if receiving.pointee.request.hasFailed {
            throw receiving.pointee.request.isStranded ? .requestStranded : .requestLost
        }
        return nil
    }

    /// Takes a message and removes its envelope. Returns nil, and counts a drop, if the message is
    /// not the expected reply. Also reports roughly how many frames it took.
    private func takeReply(from lane: ReceiveLane, _ frames: inout Int) -> Message? {
        var (frame, hasMore) = lane.reader.pointee.nextFrame()
        var isCurrent = true
        let isMarked = receiving.pointee.request.isMarked
        if isMarked || frame.count == 4 {
            let identifier = withUnsafeBytes(of: receiving.pointee.request.serial) {
                Frame(copying: $0)
            }
            // An unknown id belongs to an earlier request, which was given up.
            isCurrent = isMarked && frame == identifier
            guard hasMore else { return malformed(lane) }
            (frame, hasMore) = nextFrame(lane)
        }
        guard hasMore else { return malformed(lane) }
        let isDelimited = frame.isEmpty
        _ = lane.reader.pointee.hasMessage()
        let reply = lane.reader.pointee.takeMessage()
        guard isDelimited, isCurrent else {
            frames = reply.count
            drops.count(isDelimited ? .lateReply : .malformed)
            return nil
        }
        return reply
    }

    private func nextFrame(_ lane: ReceiveLane) -> (Frame, Bool) {
        _ = lane.reader.pointee.hasMessage()
        return lane.reader.pointee.nextFrame()
    }

    private func malformed(_ lane: ReceiveLane) -> Message? {
        lane.reader.pointee.noteConsumed()
        drops.count(.malformed)
        return nil
    }

    /// REP: takes the next request, and keeps its envelope for the reply.
    func receiveRequest() -> Message? {
        var budget = PassingBudget()
        while let lane = receiving.pointee.queue.next() {
            let pipe = lane.pipe
            var envelope: [Frame] = []
            let request = takeRequest(from: lane, &envelope)
            finishTaking(from: lane)
            if let request {
                receiving.pointee.reply.owe(pipe, envelope: envelope)
                return request
            }
            guard budget.allows(envelope.count, context.clock) else { break }
        }
        return nil
    }

    /// Takes the frames up to the delimiter as the envelope, and the rest as the request. Returns
    /// nil, and counts a drop, if there is no delimiter.
    private func takeRequest(from lane: ReceiveLane, _ envelope: inout [Frame]) -> Message? {
        while true {
            let (frame, hasMore) = nextFrame(lane)
            envelope.append(frame)
            guard hasMore else { return malformed(lane) }
            if frame.isEmpty { break }
        }
        _ = lane.reader.pointee.hasMessage()
        return lane.reader.pointee.takeMessage()
    }
}
