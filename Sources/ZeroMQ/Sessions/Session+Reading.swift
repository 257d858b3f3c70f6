internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The reading half of a connection: from the descriptor into the inbound stream.
extension Session: CommandHandler {
    /// Reads until the kernel has no more, back-pressure stops it, or others should have a turn.
    func readAvailable() {
        switch phase {
        case .ended: return
        case .handshaking: readHandshake()
        case .ready: isRaw ? readRaw() : readTraffic()
        }
    }

    private func readHandshake() {
        while isReadingHandshake {
            let result = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
                let result = channel.receive(into: buffer)
                if case .processed(let count) = result {
                    core.traffic.bytesReceived.wrappingAdd(count, ordering: .relaxed)
                    continueHandshake(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
                return result
            }
            switch result {
            case .processed: break
            case .wouldBlock: return
            case .endOfStream: return end(.closedByPeer)
            case .failed(let error): return end(.system(error))
            }
        }
        if phase == .ready { readAvailable() }
    }

    // MARK: Frames

    private func readTraffic() {
        guard let pipe else { return }
        let started = lifeTimer
        let hasHungUp = hasHungUp
        let result = pipe.reading.useOnLoop { flow in
            let outcome = flow.read(
                self,
                hasHungUp: hasHungUp,
                isLoopCrowded: loop.isCrowded
            )
            defer { flow.hasReceived = false }
            return (outcome, wakes: flow.takeWakeUp(), hasReceived: flow.hasReceived)
        }
        guard let result else { return }
        if result.hasReceived {
            noteLife(since: started)
            noteSound()
        }
        if result.wakes {
            pipe.grantToken()
            pipe.inbound.wakeConsumer()
        }
        switch result.0 {
        case .drained: endIfMute()
        case .heldBack, .awaitingUptake, .moreToRead: break
        case .moreToDo: pipe.requestRead()
        case .ended(let reason): end(reason)
        }
    }

    // MARK: Raw connections

    /// STREAM: each read is a message.
    private func readRaw() {
        guard let writer = pipe?.inbound.writer else { return }
        for _ in 0..<64 {
            guard writer.pointee.hasRoom() else {
                // If there is room after all, it will not be announced.
                if !writer.pointee.waitForRoom() { pipe?.requestRead() }
                return
            }
            let result = withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { buffer in
                let result = channel.receive(into: buffer)
                if case .processed(let count) = result {
                    core.traffic.bytesReceived.wrappingAdd(count, ordering: .relaxed)
                    noteLife(since: lifeTimer)
                    hasHeard = true
                    publishRaw(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
                return result
            }
            switch result {
            case .processed: break
            case .wouldBlock: return endIfMute()
            case .endOfStream: return end(.closedByPeer)
            case .failed(let error): return end(.system(error))
            }
        }
        pipe?.requestRead()
    }

    /// STREAM: publishes an empty message, which reports that the connection has begun or ended.
    func publishRawNotice() {
        guard options.notifiesStream else { return }
        publishRaw(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private func publishRaw(_ bytes: UnsafeRawBufferPointer) {
        guard let pipe else { return }
        pipe.inbound.writer.pointee.begin()
        pipe.inbound.writer.pointee.append(Frame(copying: bytes), flags: 0)
        pipe.grantToken()
        let wakesConsumer = pipe.inbound.writer.pointee.publish()
        // A published message must not be rolled back when the connection ends.
        pipe.inbound.writer.pointee.markMessageEnd()
        if wakesConsumer { pipe.inbound.wakeConsumer() }
    }

    // MARK: Commands

    /// Answers a command. An error ends the connection.
    func answer(_ bytes: UnsafeRawBufferPointer) -> ProtocolError? {
        guard pipe != nil else { return nil }
        switch TrafficCommand.parse(bytes) {
        case .ping(let ttl, let context):
            noteTimeToLive(deciseconds: ttl)
            answerPing(UnsafeRawBufferPointer(rebasing: bytes[context]))
        case .subscribe(let topic): return subscribe(to: bytes[topic], true)
        case .cancel(let topic): return subscribe(to: bytes[topic], false)
        case .malformed: return ProtocolError(.malformedCommand(name: "PING"))
        case .error: farewell = TrafficCommand.farewell(in: bytes)
        case .pong(let context):
            pipe?.noteAnswer(UnsafeRawBufferPointer(rebasing: bytes[context]))
        case .unknown: break
        }
        let most = settings.limits.command
        return bytes.count > most ? ProtocolError(.limitExceeded(.command)) : nil
    }

    private func subscribe(
        to topic: Slice<UnsafeRawBufferPointer>,
        _ isSubscribe: Bool
    ) -> ProtocolError? {
        guard topic.count <= settings.limits.topicBytes else {
            return ProtocolError(.limitExceeded(.topic))
        }
        subscriptionChanged(UnsafeRawBufferPointer(rebasing: topic), isSubscribe: isSubscribe)
        return nil
    }

    /// A publisher answers after the changes of subscription that came before the PING: who gets
    /// the answer gets what is published afterwards.
    private func answerPing(_ context: UnsafeRawBufferPointer) {
        if pipe?.socketPipe.arrivedChanges?.putOff(ping: context) == true { return }
        sendPong(context)
    }

    func sendPong(_ context: UnsafeRawBufferPointer) {
        let pong = CommandEncoding.pong(context: context)
        pipe?.writing.arrange { $0.add(answer: pong) }
        pipe?.requestFlush()
    }

    func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool) {
        guard let pipe else { return }
        // Safe here, because this loop holds the reading half and with it the stream's writer.
        let messages = pipe.inbound.writer.pointee.sent
        pipe.socketPipe.deliverSubscription(to: topic, isSubscribe: isSubscribe, after: messages)
    }

    func hasRoomForSubscription() -> Bool {
        pipe?.socketPipe.arrivedChanges?.hasRoom() ?? true
    }

    func passedOver(_ messages: Int) { core.drops.count(.unexpected, messages) }

    // MARK: Signs of life

    /// Bytes came: ends a time to live that was announced before them, not one announced in them.
    private func noteLife(since timer: TimerID?) {
        guard let lifeTimer, lifeTimer == timer else { return }
        loop.cancel(lifeTimer)
        self.lifeTimer = nil
    }

    /// The peer announces how long it may be silent before it counts as dead.
    private func noteTimeToLive(deciseconds: UInt16) {
        guard deciseconds > 0 else { return }
        awaitLife(for: .milliseconds(100 * Int64(deciseconds)))
    }

    /// How much more time a peer gets when its time is over; nil if it was really silent.
    ///
    /// Bytes that are held back arrived in time. While another thread reads, it may be looking at
    /// held-back bytes, so the peer is checked again when that thread is done.
    func reprieve(after limit: Duration) -> Duration? {
        guard let pipe else { return nil }
        guard let isHeldBack = pipe.reading.useOnLoop({ $0.isHeldBack }) else {
            return min(limit, .milliseconds(1))
        }
        return isHeldBack ? limit : nil
    }

    private func awaitLife(for limit: Duration, askingAfter pause: Duration? = nil) {
        if let lifeTimer { loop.cancel(lifeTimer) }
        lifeTimer = loop.schedule(at: loop.now + (pause ?? limit)) { [weak self] in
            guard let self else { return }
            let timer = lifeTimer
            // Another thread may have received something that is not noted yet.
            readAvailable()
            guard phase == .ready, lifeTimer == timer else { return }
            if let reprieve = reprieve(after: limit) {
                return awaitLife(for: limit, askingAfter: reprieve)
            }
            end(.violation(ProtocolError(.heartbeat)))
        }
    }
}
