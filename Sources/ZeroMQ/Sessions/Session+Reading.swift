internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The reading half of a connection: from the descriptor into the inbound stream.
extension Session {
    /// What one turn reads before other connections have theirs.
    private static let budget = 1 << 20
    /// A chunk with less room than a fraction of this is not worth another call into the kernel.
    private static let worthwhile = 16384

    /// Reads until the kernel has no more, back-pressure stops it, or the budget is used up.
    func readAvailable() {
        var budget = Self.budget
        while phase != .ended, !isHeldBack {
            guard budget > 0 else {
                loop.post(readTask)
                return
            }
            let outcome = readOnce()
            switch outcome.result {
            case .processed(let count):
                budget -= count
                // A short read says that nothing more is there: an edge will announce the rest.
                if count < outcome.offered { return }
            case .wouldBlock: return
            case .endOfStream: return end(.closedByPeer)
            case .failed(let error): return end(.system(error))
            }
        }
    }

    private func readOnce() -> (result: IOResult, offered: Int) {
        if phase == .handshaking { return readHandshake() }
        if isRaw { return readRaw() }
        return walker?.body == nil ? readFrames() : readBody()
    }

    private func readHandshake() -> (IOResult, Int) {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            let result = channel.receive(into: buffer)
            if case .processed(let count) = result {
                continueHandshake(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            return (result, buffer.count)
        }
    }

    // MARK: Frames

    private func readFrames() -> (IOResult, Int) {
        guard let pipe, let walker else { return (.wouldBlock, 0) }
        let writer = pipe.inbound.writer
        let minimum = max(walker.lacking, min(Self.worthwhile, writer.pointee.chunkCapacity / 4))
        let buffer = writer.pointee.receiveBuffer(minimum: minimum)
        let result = channel.receive(into: buffer)
        if case .processed(let count) = result {
            writer.pointee.filled += count
            noteLife()
            _ = walkReceived()
        }
        return (result, buffer.count)
    }

    /// Walks over what was received. True if reading should go on.
    func walkReceived() -> Bool {
        guard let pipe else { return false }
        let socketPipe = pipe.socketPipe
        let outcome = walker?.walk(
            command: { self.handleCommand($0) },
            subscription: { topic, isSubscribe in
                socketPipe.deliverSubscription(to: topic, isSubscribe: isSubscribe)
            })
        guard let outcome else { return false }
        return settle(outcome)
    }

    private func settle(_ outcome: InboundWalker.Result) -> Bool {
        guard let pipe else { return false }
        if outcome.wakesConsumer {
            pipe.grantToken()
            pipe.inbound.wakeConsumer()
        }
        if let error = outcome.error {
            end(.violation(error))
            return false
        }
        guard outcome.isHeldBack else { return true }
        isHeldBack = true
        if !pipe.inbound.writer.pointee.waitForRoom() { loop.post(roomTask) }
        return false
    }

    /// The application took messages: walks over what was held back, and reads on.
    func resumeReading() {
        guard phase == .ready, isHeldBack else { return }
        isHeldBack = false
        if walkReceived() { readAvailable() }
    }

    // MARK: Long bodies

    private func readBody() -> (IOResult, Int) {
        guard let pipe, let walker else { return (.wouldBlock, 0) }
        let room = walker.bodyRoom()
        let surplus = surplusRoom(behind: room.count, pipe, walker)
        let offered = room.count + surplus.count
        let result = channel.receive(into: room, then: surplus)
        guard case .processed(let count) = result else { return (result, offered) }
        noteLife()
        pipe.inbound.writer.pointee.filled += max(0, count - room.count)
        if walker.bodyReceived(min(count, room.count)), settle(walker.finishBody()) {
            _ = walkReceived()
        }
        return (result, offered)
    }

    /// Where octets behind the body go, if this read may reach them.
    private func surplusRoom(
        behind count: Int, _ pipe: SessionPipe, _ walker: InboundWalker
    ) -> UnsafeMutableRawBufferPointer {
        guard walker.bodyEnds(within: count) else { return .init(start: nil, count: 0) }
        return pipe.inbound.writer.pointee.receiveBuffer(minimum: Self.worthwhile)
    }

    // MARK: Raw connections

    /// STREAM: each read is a message.
    private func readRaw() -> (IOResult, Int) {
        guard let pipe else { return (.wouldBlock, 0) }
        let writer = pipe.inbound.writer
        guard writer.pointee.hasRoom() else {
            isHeldBack = true
            if !writer.pointee.waitForRoom() { loop.post(roomTask) }
            return (.processed(0), 0)
        }
        return withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { buffer in
            let result = channel.receive(into: buffer)
            if case .processed(let count) = result {
                noteLife()
                publishRaw(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            return (result, buffer.count)
        }
    }

    /// STREAM: an empty message says that the connection has come, or gone.
    func publishRawNotice() {
        guard options.notifiesStream else { return }
        publishRaw(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private func publishRaw(_ octets: UnsafeRawBufferPointer) {
        guard let pipe else { return }
        pipe.inbound.writer.pointee.begin()
        pipe.inbound.writer.pointee.append(Frame(copying: octets), flags: 0)
        pipe.grantToken()
        if pipe.inbound.writer.pointee.publish() { pipe.inbound.wakeConsumer() }
    }

    // MARK: Commands

    /// Answers a command. An error ends the connection.
    private func handleCommand(_ octets: UnsafeRawBufferPointer) -> ProtocolError? {
        guard let pipe else { return nil }
        switch TrafficCommand.parse(octets) {
        case .ping(let ttl, let context):
            noteTimeToLive(deciseconds: ttl)
            answerPing(UnsafeRawBufferPointer(rebasing: octets[context]))
        case .subscribe(let topic):
            pipe.socketPipe.deliverSubscription(
                to: UnsafeRawBufferPointer(rebasing: octets[topic]), isSubscribe: true)
        case .cancel(let topic):
            pipe.socketPipe.deliverSubscription(
                to: UnsafeRawBufferPointer(rebasing: octets[topic]), isSubscribe: false)
        case .malformed: return ProtocolError(.malformedCommand(name: "PING"))
        case .pong, .error, .unknown: break
        }
        return nil
    }

    /// At most this many octets of answers wait for a peer that does not read.
    private static let mostWaitingAnswers = 4 * 23

    private func answerPing(_ context: UnsafeRawBufferPointer) {
        let pong = CommandEncoding.pong(context: context)
        pipe?.withFlow { flow in
            if flow.waitingControl < Self.mostWaitingAnswers { flow.add(control: pong) }
        }
        pipe?.requestFlush()
    }

    // MARK: Signs of life

    private func noteLife() {
        guard let lifeTimer else { return }
        loop.cancel(lifeTimer)
        self.lifeTimer = nil
    }

    /// The peer says how long it may be silent before it is to be taken for dead.
    private func noteTimeToLive(deciseconds: UInt16) {
        guard deciseconds > 0 else { return }
        let limit = Duration.milliseconds(100 * Int64(deciseconds))
        if let lifeTimer { loop.cancel(lifeTimer) }
        lifeTimer = loop.schedule(at: loop.now + limit) { [weak self] in
            self?.end(.violation(ProtocolError(.heartbeat)))
        }
    }
}
