internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Sending: one attempt under the gate, and the loop that waits and tries again.
extension SocketCore {
    /// The result of an attempt to send.
    enum SendOutcome {
        case sent
        /// Sent, and this stream's consumer sleeps: wake it after leaving the gate.
        case sentWaking(WireStream)
        /// Sent, and much is queued: this thread should help to write it while it is in the cache.
        case sentMuch(WireStream)
        /// There is no room now.
        case blocked
    }

    /// Sends in the ordinary case: peers take turns, and one of them has room. Returns false,
    /// having sent nothing, in every other case.
    ///
    /// A small function without errors: code for rare cases would cost the common case registers,
    /// even if it is jumped over. `append` may find that the message must not be sent; then it has
    /// appended nothing.
    @inline(__always)
    func sendInTurn(_ append: (inout StreamWriter) -> Bool) -> Bool {
        guard sendPattern.isBalanced else { return false }
        enterSender()
        guard !sending.pointee.isObstructed, let lane = sending.pointee.balancer.next() else {
            leaveSender()
            return false
        }
        lane.writer.pointee.begin()
        guard append(&lane.writer.pointee) else {
            leaveSender()
            return false
        }
        let outcome = publish(on: lane)
        sending.pointee.balancer.advance()
        leaveSender()
        if case .sent = outcome { return true }
        follow(outcome)
        return true
    }

    /// Appends a message, unless it has more parts than allowed.
    @inline(__always)
    func append(_ message: borrowing Message, to writer: inout StreamWriter) -> Bool {
        if case .inline(let bytes) = message.body {
            writer.append(bytes, flags: 0)
            return true
        }
        return appendLarge(message, to: &writer)
    }

    @inline(__always)
    private func appendLarge(_ message: borrowing Message, to writer: inout StreamWriter) -> Bool {
        guard message.count <= mostParts.load(ordering: .relaxed) else { return false }
        writer.append(message)
        return true
    }

    /// Throws if a message, with its envelope, has more parts than allowed.
    ///
    /// Peers that use this library would reject the message, and with it the connection.
    func checkParts(_ count: Int) throws(ZeroMQError) {
        let most = mostParts.load(ordering: .relaxed)
        guard count > most else { return }
        throw ZeroMQError(
            .invalidMessage,
            "a message of \(count) parts is too long; \(most) are allowed",
            hint: "send several messages, or raise maximumMessageParts here and at the peers"
        )
    }

    /// Sends a whole message if that is possible without waiting.
    @inline(never)
    func sendAtOnce(_ message: borrowing Message) throws(ZeroMQError) -> Bool {
        enterSender()
        let outcome = try attemptOrLeave(message)
        leaveSender()
        if case .blocked = outcome { return false }
        follow(outcome)
        return true
    }

    /// Wakes or helps the message's consumer, outside the gate.
    func follow(_ outcome: SendOutcome) {
        switch outcome {
        case .sent, .blocked: break
        case .sentWaking(let stream): stream.wakeConsumer()
        case .sentMuch(let stream): stream.lendThread()
        }
    }

    /// Makes one attempt; leaves the gate before it throws.
    @inline(__always)
    private func attemptOrLeave(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        do throws(ZeroMQError) {
            if sending.pointee.isObstructed { throw sending.pointee.obstacle ?? .socketClosed }
            return try attempt(message)
        } catch {
            leaveSender()
            throw error
        }
    }

    /// Sends a whole message, waiting for room. Returns false if there was none in the time
    /// allowed.
    @inline(never)
    func sendWaiting(
        _ message: borrowing Message,
        patience: Patience
    ) throws(ZeroMQError) -> Bool {
        try context.checkProcess()
        lendThreadToFullest()
        let deadline = Deadline(patience, clock: context.clock)
        let parker = makeParker()
        while true {
            let attempt = try sendOrWait(message, .thread(parker))
            guard case .waiting(let ticket) = attempt else { return true }
            // Peers may wake the waiter again and again, so being woken does not mean being in
            // time.
            let isLate = !parker.wait(until: deadline.instant) || deadline.hasPassed(context.clock)
            withSender { _ = $0.waiters.remove(ticket) }
            // One more attempt after the deadline, because the last wake-up may have come at the
            // same moment.
            if isLate { return try sendAtOnce(message) }
        }
    }

    /// Sends at once, or queues the waiter before it leaves the gate.
    func sendOrWait(
        _ message: borrowing Message,
        _ waiter: Waiter?
    ) throws(ZeroMQError) -> Attempt<Void> {
        enterSender()
        let outcome = try attemptOrLeave(message)
        if case .blocked = outcome {
            defer { leaveSender() }
            if waiter != nil { try checkHope() }
            return waiter.map { .waiting(sending.pointee.waiters.append($0)) } ?? .refused
        }
        leaveSender()
        follow(outcome)
        return .done(())
    }

    /// Writes queued messages to the descriptor on the calling thread.
    ///
    /// A sender at the high-water mark would otherwise sleep until an event loop has woken up and
    /// made room. Writing here is quicker, and batches are as large as they can be.
    func lendThreadToFullest() {
        let stream = withSender { $0.balancer.fullest }
        stream?.lendThread()
    }

    // MARK: Patterns

    @inline(__always)
    private func attempt(_ message: borrowing Message) throws(ZeroMQError) -> SendOutcome {
        switch sending.pointee.pattern {
        case .balance, .pair:
            try checkParts(message.count)
            return sendBalanced(message)
        case .publish:
            switch message.body {
            case .inline, .shared: break
            case .frames, .described: try checkParts(message.count)
            }
            return publish(message)
        case .route: return try sendRouted(message)
        case .request: return try sendRequest(message)
        case .reply: return try sendReply(message)
        case .upstream: return try sendUpstream(message)
        case .raw: return try sendRaw(message)
        case .none: throw .unsupported("send", on: kind)
        }
    }

    private func sendBalanced(_ message: borrowing Message) -> SendOutcome {
        guard let lane = sending.pointee.balancer.next() else { return .blocked }
        lane.writer.pointee.begin()
        lane.writer.pointee.append(message)
        let outcome = publish(on: lane)
        sending.pointee.balancer.advance()
        return outcome
    }

    /// Publishes what has been written to a lane.
    @inline(__always)
    func publish(on lane: SendLane) -> SendOutcome {
        let isMuch = lane.writer.pointee.hasMuchToWrite
        if lane.writer.pointee.publish() { return .sentWaking(lane.pipe.outlet) }
        return isMuch ? .sentMuch(lane.pipe.outlet) : .sent
    }
}

extension StreamWriter {
    /// Appends all frames of a message.
    @inline(__always)
    mutating func append(_ message: borrowing Message) {
        switch message.body {
        case .inline(let bytes): append(bytes, flags: 0)
        case .shared(let storage, let offset, let count):
            append(storage, offset: offset, count: count, flags: 0)
        case .frames(let frames): append(frames[...], continuing: false)
        case .described(let described): append(described.frames[...], continuing: false)
        }
    }

    /// Appends frames, the last of them ending the message unless `continuing`.
    @inline(never)
    mutating func append(_ frames: ArraySlice<Frame>, continuing: Bool) {
        for index in frames.indices {
            let isLast = index == frames.endIndex - 1
            append(frames[index], flags: isLast && !continuing ? 0 : FrameFlags.more.rawValue)
        }
        if frames.isEmpty, !continuing { append(InlineBytes(), flags: 0) }
    }

    mutating func append(_ frame: Frame, flags: UInt8) {
        switch frame.body {
        case .inline(let bytes): append(bytes, flags: flags)
        case .shared(let storage, let offset, let count):
            append(storage, offset: offset, count: count, flags: flags)
        }
    }

    /// Appends a body by copy if it is small, by reference if copying would cost more.
    @inline(__always)
    mutating func append(_ storage: FrameStorage, offset: Int, count: Int, flags: UInt8) {
        let base = UnsafeRawPointer(storage.base) + offset
        if count < Self.smallestReference {
            append(copying: base, count: count, flags: flags)
        } else {
            append(referring: storage, base: base, count: count, flags: flags)
        }
    }

    /// Bodies from this size on travel beside the stream.
    static let smallestReference = 32768
}
