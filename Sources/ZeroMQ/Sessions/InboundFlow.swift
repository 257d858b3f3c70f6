internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The reading half of a connection: from the descriptor into the inbound stream.
///
/// Used only by the holder of its claim. The event loop reads and parses. An application thread
/// that has emptied the stream parses what the high-water mark had held back, without waking the
/// loop.
struct InboundFlow: ~Copyable {
    enum Outcome {
        /// The kernel has no more now; the descriptor will report when it does.
        case drained
        /// Whole messages wait for room. The consumer comes back for them when its stream is empty.
        case heldBack
        /// A publisher has not applied earlier changes of subscription. The loop is called when it
        /// has.
        case awaitingUptake
        /// There is more to read or to do; the loop has to continue.
        case moreToDo
        /// There is more to read. The consumer reads it when its stream is empty. The descriptor is
        /// also re-armed, so that the loop reads it if it is driven earlier.
        case moreToRead
        case ended(SessionEnd)
    }

    /// What one turn reads before other connections have their turn.
    private static let budget = 1 << 20
    /// The same while a turn of the loop takes long because many connections are read from.
    private static let smallBudget = 1 << 14
    /// If a chunk has less room than this at its end, a new one is used instead of another system
    /// call. A small chunk needs only a quarter left, a large one an eighth.
    private static let worthwhile = 16384
    /// This many messages from one read count as a stream of short messages.
    private static let many: UInt64 = 4

    let stream: WireStream
    private let writer: StreamWriter.Pointer
    private var channel: (any StreamChannel)?
    private var walker: InboundWalker?
    /// Where the loop reports events of the channel.
    private var registration: Registration?
    /// Opens boxes, if the connection is encrypted.
    private var sealed: SealedInput?
    /// The consumer has to be woken once the claim is released.
    private(set) var wakesConsumer = false
    /// Bytes have arrived since this was last cleared.
    var hasReceived = false
    /// Any bytes at all have arrived since the connection began.
    private(set) var hasHeard = false
    /// The consumer's thread just received so many short messages that it should keep reading by
    /// itself. While it handles a few long messages, the loop may read the next.
    private(set) var isConsumerBusy = false
    /// The loop has been told that the peer closed, which is announced only once.
    private var hasHungUp = false

    private let traffic: TrafficCounters

    /// Received messages are held back for lack of room.
    var isHeldBack: Bool { isAwaitingUptake || writer.pointee.isHeldBack }
    private var isAwaitingUptake = false

    init(stream: WireStream, traffic: TrafficCounters) {
        self.stream = stream
        self.traffic = traffic
        writer = stream.writer
    }

    mutating func connect(
        _ channel: any StreamChannel,
        _ walker: InboundWalker,
        at registration: Registration?,
        sealed: SealedInput?
    ) {
        self.channel = channel
        (hasHeard, hasHungUp) = (false, false)
        self.registration = registration
        self.walker = walker
        self.sealed = sealed
    }

    private mutating func noteReceived() { (hasReceived, hasHeard) = (true, true) }

    /// The connection has ended: discards whatever has not arrived whole.
    mutating func disconnect() {
        walker?.reset()
        walker = nil
        sealed = nil
        channel = nil
        registration = nil
        isAwaitingUptake = false
        writer.pointee.setHeldBack(false)
    }

    /// Sets the stream's high-water mark. The next read finds out whether held-back messages have
    /// room.
    mutating func setMark(_ mark: Int) {
        writer.pointee.highWaterMark = mark
        writer.pointee.setHeldBack(false)
    }

    mutating func takeWakeUp() -> Bool {
        defer { wakesConsumer = false }
        return wakesConsumer
    }

    // MARK: On the loop

    /// Publishes a message that this side made, between those of the peer.
    mutating func deliver(_ message: Message) {
        writer.pointee.begin()
        writer.pointee.append(message)
        if writer.pointee.publish() { wakesConsumer = true }
        // A published message must not be rolled back when the connection ends.
        writer.pointee.markMessageEnd()
        writer.pointee.filled = writer.pointee.cursor
    }

    /// Takes bytes that arrived together with the end of the handshake.
    mutating func fill(copying bytes: UnsafeRawBufferPointer) {
        if !bytes.isEmpty { hasHeard = true }
        if let sealed {
            sealed.append(bytes)
        } else {
            writer.pointee.fill(copying: bytes)
        }
    }

    /// Reads until the kernel has no more, back-pressure stops it, or the budget is used up.
    ///
    /// `hasHungUp` says that the peer's close was already announced, perhaps together with bytes.
    mutating func read(
        _ handler: any CommandHandler,
        hasHungUp: Bool,
        isLoopCrowded: Bool = false
    ) -> Outcome {
        // Stored even if nothing is read now: see `afterShortRead`.
        self.hasHungUp = hasHungUp
        // Held-back messages come first. If they still lack room, `walk` holds them back again.
        if writer.pointee.isHeldBack { writer.pointee.setHeldBack(false) }
        var budget = isLoopCrowded ? Self.smallBudget : Self.budget
        if let sealed { return readSealed(sealed, handler, hasHungUp: hasHungUp, budget) }
        if let outcome = walk(handler) { return outcome }
        while budget > 0 {
            guard let channel, let walker else { return .drained }
            let (result, offered) = receive(channel, walker, atMost: budget)
            switch result {
            case .processed(let count):
                budget -= count
                if let outcome = walk(handler) { return outcome }
                // A short read means that the kernel is empty, and an edge will announce more
                // bytes. But a close that was already announced has no second edge.
                if count < offered, !hasHungUp { return .drained }
            case .wouldBlock: return .drained
            case .endOfStream: return .ended(.closedByPeer)
            case .failed(let error): return .ended(.system(error))
            }
        }
        return .moreToDo
    }

    /// Receives once, into the stream or into the long body that is arriving. Also returns how much
    /// room was offered.
    private mutating func receive(
        _ channel: any StreamChannel,
        _ walker: InboundWalker,
        atMost most: Int = budget
    ) -> (IOResult, Int) {
        let result =
            walker.body == nil
            ? readFrames(channel, walker, atMost: most) : readBody(channel, walker)
        if case .processed = result.0 { noteReceived() }
        return result
    }

    private mutating func readFrames(
        _ channel: any StreamChannel,
        _ walker: InboundWalker,
        atMost most: Int
    ) -> (IOResult, Int) {
        guard writer.pointee.chunkCapacity > 0 else { return readFirst(channel) }
        let capacity = writer.pointee.chunkCapacity
        let least = max(min(Self.worthwhile, capacity / 4), capacity / 8)
        let room = writer.pointee.receiveBuffer(minimum: max(walker.lacking, least))
        let buffer = UnsafeMutableRawBufferPointer(
            rebasing: room.prefix(max(most, walker.lacking))
        )
        let result = channel.receive(into: buffer)
        if case .processed(let count) = result {
            writer.pointee.received(count)
            traffic.bytesReceived.wrappingAdd(count, ordering: .relaxed)
        }
        return (result, buffer.count)
    }

    /// Reads the first bytes into a temporary buffer. Many connections never send anything, so no
    /// chunk is allocated before bytes have come.
    private mutating func readFirst(_ channel: any StreamChannel) -> (IOResult, Int) {
        withUnsafeTemporaryAllocation(byteCount: Chunk.smallest, alignment: 8) { buffer in
            let result = channel.receive(into: buffer)
            if case .processed(let count) = result {
                writer.pointee.fill(copying: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                traffic.bytesReceived.wrappingAdd(count, ordering: .relaxed)
            }
            return (result, buffer.count)
        }
    }

    private mutating func readBody(
        _ channel: any StreamChannel,
        _ walker: InboundWalker
    ) -> (IOResult, Int) {
        let room = walker.bodyRoom()
        let surplus =
            walker.bodyEnds(within: room.count)
            ? writer.pointee.receiveBuffer(minimum: Self.worthwhile) : .init(start: nil, count: 0)
        let result = channel.receive(into: room, then: surplus)
        if case .processed(let count) = result {
            traffic.bytesReceived.wrappingAdd(count, ordering: .relaxed)
            writer.pointee.advanceFilled(by: max(0, count - room.count))
            if walker.bodyReceived(min(count, room.count)), walker.finishBody() {
                wakesConsumer = true
            }
        }
        return (result, room.count + surplus.count)
    }

    // MARK: Walking

    /// Parses what was received. Returns nil if reading may continue.
    private mutating func walk(_ handler: (any CommandHandler)?) -> Outcome? {
        guard let walker, walker.body == nil else { return nil }
        while true {
            let result = walker.walk(handler)
            if result.wakesConsumer { wakesConsumer = true }
            if sealed != nil, walker.body != nil, walker.finishBody() { wakesConsumer = true }
            if let error = result.error { return .ended(.violation(error)) }
            if result.needsLoop { return .moreToDo }
            isAwaitingUptake = result.awaitsUptake
            if isAwaitingUptake { return .awaitingUptake }
            guard result.isHeldBack else { break }
            // Sets the flag and then looks for room; the consumer makes room and then looks at the
            // flag. So one of the two notices.
            writer.pointee.setHeldBack(true)
            guard writer.pointee.refreshRoom() > 0 else { return .heldBack }
            writer.pointee.setHeldBack(false)
        }
        return nil
    }

    // MARK: Encrypted connections

    private mutating func readSealed(
        _ sealed: SealedInput,
        _ handler: any CommandHandler,
        hasHungUp: Bool,
        _ budget: Int
    ) -> Outcome {
        var budget = budget
        while budget > 0 {
            if let outcome = openAll(sealed, handler) { return outcome }
            guard let channel else { return .drained }
            let (result, offered) = receiveSealed(sealed, channel)
            switch result {
            case .processed(let count):
                budget -= count
                noteReceived()
                if count < offered, !hasHungUp {
                    if let outcome = openAll(sealed, handler) { return outcome }
                    sealed.rest()
                    return .drained
                }
            case .wouldBlock: return .drained
            case .endOfStream: return .ended(.closedByPeer)
            case .failed(let error): return .ended(.system(error))
            }
        }
        return .moreToDo
    }

    private func receiveSealed(
        _ sealed: SealedInput,
        _ channel: any StreamChannel
    ) -> (IOResult, Int) {
        let (result, offered) = sealed.receive(channel)
        if case .processed(let count) = result {
            traffic.bytesReceived.wrappingAdd(count, ordering: .relaxed)
        }
        return (result, offered)
    }

    /// Opens boxes and parses until no whole box is left. Returns nil if more may be received.
    private mutating func openAll(
        _ sealed: SealedInput,
        _ handler: (any CommandHandler)?
    ) -> Outcome? {
        guard let walker else { return .drained }
        do throws(ProtocolError) {
            repeat {
                if let outcome = walk(handler) { return outcome }
            } while try sealed.open(into: writer, walker)
            return nil
        } catch {
            return .ended(.violation(error))
        }
    }

    /// A bad box and the end of the connection are left to the loop, which meets them again.
    private mutating func readSealedElsewhere(
        _ sealed: SealedInput,
        _ channel: any StreamChannel
    ) -> Outcome {
        if let outcome = openAll(sealed, nil) { return outcome }
        let (result, offered) = receiveSealed(sealed, channel)
        switch result {
        case .processed(let count):
            noteReceived()
            return openAll(sealed, nil) ?? (count < offered ? afterShortRead : leaveRest())
        case .wouldBlock: return .drained
        case .endOfStream, .failed: return .moreToDo
        }
    }

    // MARK: On the consumer's thread

    /// Parses what was held back, and reads what the kernel has.
    ///
    /// Commands and the end of the connection are left to the loop, which meets them again.
    mutating func readElsewhere() -> Outcome {
        isConsumerBusy = false
        let wasHeldBack = writer.pointee.isHeldBack
        if wasHeldBack {
            writer.pointee.setHeldBack(false)
            if let outcome = walk(nil) { return outcome }
        }
        guard let channel, let walker, !walker.policy.takesSubscriptions else {
            return wasHeldBack ? .moreToDo : .drained
        }
        if let sealed { return readSealedElsewhere(sealed, channel) }
        return readUntilWhole(channel, walker)
    }

    /// Reads once, and again as long as that completes no message.
    private mutating func readUntilWhole(
        _ channel: any StreamChannel,
        _ walker: InboundWalker
    ) -> Outcome {
        let published = writer.pointee.sent
        var budget = Self.budget
        while budget > 0 {
            let (result, offered) = receive(channel, walker)
            switch result {
            case .processed(let count):
                budget -= count
                let outcome = walk(nil)
                let messages = writer.pointee.sent &- published
                isConsumerBusy = count >= Self.worthwhile && messages >= Self.many
                if let outcome { return outcome }
                if count < offered { return afterShortRead }
                if messages > 0 { return leaveRest() }
            case .wouldBlock: return .drained
            case .endOfStream, .failed: return .moreToDo
            }
        }
        return .moreToDo
    }

    /// The outcome of a read that emptied the kernel. If the peer's close was announced while
    /// messages were held back, the loop read nothing then and has to be called now: a close is
    /// announced once.
    private var afterShortRead: Outcome { hasHungUp ? .moreToDo : .drained }

    /// Leaves bytes in the kernel until the consumer has emptied its stream again.
    private mutating func leaveRest() -> Outcome {
        writer.pointee.setHeldBack(true)
        return .moreToRead
    }

    /// Re-arms the descriptor, so that the loop looks at the channel the next time it is driven.
    func remind(_ loop: EventLoop) {
        guard let channel, let registration else { return }
        loop.remind(of: channel.descriptor, registration)
    }
}
