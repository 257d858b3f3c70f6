internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The reading half of a connection: from the descriptor into the inbound stream.
///
/// Belongs to whoever has claimed it: the event loop reads and walks; an application thread that
/// has run dry walks over what the high-water mark had kept back, and saves a detour.
struct InboundFlow: ~Copyable {
    enum Outcome {
        /// The kernel has no more now; the descriptor will say when it does.
        case drained
        /// Whole messages wait for room. The consumer comes for them when it has run dry.
        case heldBack
        /// A publisher has not taken up the changes of subscription before. The loop is called when
        /// it has.
        case awaitingUptake
        /// There is more to read, or to do; the loop has to go on.
        case moreToDo
        /// There is more to read, and the consumer comes for it when it has run dry; so does the
        /// loop, which has been reminded of it, if it is driven before that.
        case moreToRead
        case ended(SessionEnd)
    }

    /// What one turn reads before other connections have theirs.
    private static let budget = 1 << 20
    /// The same while so many are read from that a turn of the loop takes long.
    private static let smallBudget = 1 << 14
    /// Less room than this at the end of a chunk is not worth another call of the kernel. A small
    /// chunk has to have a quarter left, and a large one an eighth.
    private static let worthwhile = 16384
    /// So many messages in one go are a stream of short ones.
    private static let many: UInt64 = 4

    let stream: WireStream
    private let writer: StreamWriter.Pointer
    private var channel: (any StreamChannel)?
    private var walker: InboundWalker?
    /// Where the loop reports on the channel.
    private var registration: Registration?
    /// What opens boxes, if the connection is encrypted.
    private var sealed: SealedInput?
    /// The consumer has to be woken, once the claim is given up.
    private(set) var wakesConsumer = false
    /// Bytes have arrived since this was last cleared.
    var hasReceived = false
    /// Anything at all has arrived since the connection began.
    private(set) var hasHeard = false
    /// The consumer's thread received so many messages at once that it had better go on by itself.
    /// Of few long ones the loop may as well receive the next while it works on these.
    private(set) var isConsumerBusy = false
    /// The loop has been told of the end of the peer's bytes, which is announced once.
    private var hasHungUp = false

    private let traffic: TrafficCounters

    /// What has come is kept back for lack of room.
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

    /// The connection has gone: forgets what had not arrived whole.
    mutating func disconnect() {
        walker?.reset()
        walker = nil
        sealed = nil
        channel = nil
        registration = nil
        isAwaitingUptake = false
        writer.pointee.setHeldBack(false)
    }

    /// The stream holds so many messages from now on; whoever reads next finds out what that means
    /// for what is kept back.
    mutating func setMark(_ mark: Int) {
        writer.pointee.highWaterMark = mark
        writer.pointee.setHeldBack(false)
    }

    mutating func takeWakeUp() -> Bool {
        defer { wakesConsumer = false }
        return wakesConsumer
    }

    // MARK: On the loop

    /// Publishes a message of our own making, between those of the peer.
    mutating func deliver(_ message: Message) {
        writer.pointee.begin()
        writer.pointee.append(message)
        if writer.pointee.publish() { wakesConsumer = true }
        // What has been published must not be rolled back when the connection ends.
        writer.pointee.markMessageEnd()
        writer.pointee.filled = writer.pointee.cursor
    }

    /// Takes bytes that were received together with the end of the handshake.
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
    /// `hasHungUp` says that the peer's end was announced already, perhaps together with bytes.
    mutating func read(
        _ handler: any CommandHandler,
        hasHungUp: Bool,
        isLoopCrowded: Bool = false
    ) -> Outcome {
        // Noted even if nothing is read now: see `afterShortRead`.
        self.hasHungUp = hasHungUp
        // What was kept back comes first now; what has to be, will be again.
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
                // A short read says that nothing more is there: an edge will announce the rest. The
                // end has no second edge.
                if count < offered, !hasHungUp { return .drained }
            case .wouldBlock: return .drained
            case .endOfStream: return .ended(.closedByPeer)
            case .failed(let error): return .ended(.system(error))
            }
        }
        return .moreToDo
    }

    /// Receives once, into the stream or into the long body that is arriving. Also says for how
    /// much there was room.
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

    /// Reads what comes first. Of those that connect many never say anything: nothing is allocated
    /// for that.
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

    /// Walks over what was received. Nil if reading may go on.
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
            // Said first, looked second; the consumer gives room first and looks second.
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

    /// Opens and walks until no whole box is left. Nil if more may be received.
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

    /// What is wrong with a box, and the end, are left to the loop, which sees them again.
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

    /// Walks over what had been kept back, and takes what the kernel has.
    ///
    /// Commands, and the end of the connection, are left to the loop, which sees them again.
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

    /// Takes what the kernel has, once, and again while that makes no message whole.
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

    /// What comes behind the last bytes that there were. If the end was announced while messages
    /// were kept back, the loop has read nothing then, and has to be sent for it now: there is no
    /// second announcement.
    private var afterShortRead: Outcome { hasHungUp ? .moreToDo : .drained }

    /// Leaves what the kernel still has until the consumer has run dry again.
    private mutating func leaveRest() -> Outcome {
        writer.pointee.setHeldBack(true)
        return .moreToRead
    }

    /// Has the loop look at the channel the next time it is driven.
    func remind(_ loop: EventLoop) {
        guard let channel, let registration else { return }
        loop.remind(of: channel.descriptor, registration)
    }
}
