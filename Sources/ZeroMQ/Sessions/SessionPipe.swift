internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The event loop's end of a pipe: where a socket's streams meet a connection.
///
/// Outlives connections on the connecting side, so that what is queued survives a reconnect; on the
/// accepting side it is made when a handshake completes, and ends with the connection.
final class SessionPipe: @unchecked Sendable {
    // Sendable because the two halves are claimed before use, `subscriptions` has a lock, the token
    // is atomic, and the rest is bound to the loop.

    let core: SocketCore
    let loop: EventLoop
    let outbound: WireStream
    let inbound: WireStream
    let socketPipe: SocketPipe

    /// The writing half and the reading half of the connection, if there is one.
    let writing: Claimed<OutboundFlow>
    let reading: Claimed<InboundFlow>
    /// Something arrived since an application thread last wrote to the descriptor itself.
    ///
    /// Relaxed on both sides: a hint, no data depends on it.
    private let directToken = Atomic<Bool>(true)
    private let lastDirectWrite = Atomic<Int64>(0)

    /// Changes of subscription that the connection has not been told yet.
    ///
    /// Nil from the beginning of a connection until the socket has named all its topics: what
    /// changes meanwhile is among them.
    private let subscriptions = Locked<[SubscriptionMessage]?>(nil)

    // Bound to the loop.
    weak var session: Session?
    weak var keeper: (any SessionKeeper)?
    private let flushTask: PipeTask
    private let readTask: PipeTask

    init(core: SocketCore, loop: EventLoop, givenRoutingID: Frame? = nil) {
        self.core = core
        self.loop = loop
        let isRaw = core.kind == .stream
        let outboundBells = StreamBells()
        let inboundBells = StreamBells()
        outbound = WireStream(
            highWaterMark: core.sendMark,
            readerRetains: !isRaw,
            bells: outboundBells
        )
        inbound = WireStream(
            highWaterMark: core.receiveMark,
            readerRetains: false,
            bells: inboundBells
        )
        socketPipe = SocketPipe(
            outbound: outbound,
            inbound: inbound,
            givenRoutingID: givenRoutingID
        )
        let flushTask = PipeTask { $0.flushOnLoop() }
        let readTask = PipeTask { $0.readOnLoop() }
        (self.flushTask, self.readTask) = (flushTask, readTask)
        writing = Claimed(OutboundFlow(stream: outbound, isRaw: isRaw)) { loop.post(flushTask) }
        reading = Claimed(InboundFlow(stream: inbound)) { loop.post(readTask) }
        (flushTask.pipe, readTask.pipe) = (self, self)
        socketPipe.farEnd = self
        outboundBells.producer = socketPipe
        outboundBells.consumer = self
        inboundBells.producer = self
        inboundBells.consumer = socketPipe
    }

    // MARK: The writing half

    /// Writes what there is. Called on the loop.
    func flushOnLoop() {
        let changes = takeSubscriptions()
        let result = writing.useOnLoop { flow in
            flow.add(control: changes)
            return (flow.flush(), flow.isEmpty)
        }
        if let result {
            report(result.0, isEmpty: result.1)
        } else {
            writing.arrange { $0.add(control: changes) }
        }
    }

    private func report(_ outcome: OutboundFlow.Outcome, isEmpty: Bool) {
        switch outcome {
        case .drained: if isEmpty { keeper?.pipeDrained() }
        case .blocked: break
        case .moreToWrite: loop.post(flushTask)
        case .failed(let error): session?.writingFailed(error)
        case .closeRequested: session?.end(.local)
        }
    }

    /// Writes right here if that is likely to be quicker than waking the loop.
    ///
    /// Needs a token, which something received gives, or a pause: a burst goes through the loop and
    /// is batched, while request and reply, and messages far apart, skip a thread.
    private func writeDirectly(withToken hasToken: Bool = false) -> Bool {
        // A child that was forked would write into the middle of what its parent says.
        guard !core.context.isForked else { return true }
        guard hasToken || takeToken(), let outcome = writing.useElsewhere({ $0.flush() }) else {
            return false
        }
        switch outcome {
        case .drained, .blocked: break
        case .moreToWrite, .failed: loop.post(flushTask)
        // The request has left the queue: the loop would not find it there.
        case .closeRequested: loop.execute { self.report(outcome, isEmpty: false) }
        }
        return true
    }

    private func takeToken() -> Bool {
        if directToken.exchange(false, ordering: .relaxed) { return true }
        let now = core.context.clock.now.nanoseconds
        guard now - lastDirectWrite.load(ordering: .relaxed) > Self.pauseForToken else {
            return false
        }
        lastDirectWrite.store(now, ordering: .relaxed)
        return true
    }

    /// A pause of this many nanoseconds is no burst.
    private static let pauseForToken: Int64 = 50_000

    /// Something was received: an answer to it may be written directly.
    func grantToken() { directToken.store(true, ordering: .relaxed) }

    // MARK: Subscriptions

    /// A new connection will be told the whole set; forgets what the old one was to be told.
    func forgetSubscriptions() { subscriptions.withLock { $0 = nil } }

    private func takeSubscriptions() -> [UInt8] {
        guard let session, session.isReady else { return [] }
        let changes = subscriptions.withLock { waiting in
            let changes = waiting
            if waiting?.isEmpty == false { waiting = [] }
            return changes
        }
        guard let changes, !changes.isEmpty else { return [] }
        return session.encode(changes)
    }

    // MARK: The reading half

    /// Goes on reading. Called on the loop.
    func readOnLoop() {
        guard let session else {
            reading.useOnLoop { _ in }
            return
        }
        session.readAvailable()
    }

    func requestRead() { loop.post(readTask) }

    func requestFlush() { loop.post(flushTask) }
}

extension SessionPipe: StreamConsumer, StreamProducer, PipeFarEnd {
    func streamBecameReadable() {
        if !writeDirectly() { loop.post(flushTask) }
    }

    func streamOffersThread() { _ = writeDirectly(withToken: true) }

    func streamGainedRoom() { loop.post(readTask) }

    func streamRanDry() {
        // A child that was forked would take what its parent is to receive.
        guard !core.context.isForked else { return }
        // If the loop is at it, it is called again, and finds out that there is room now.
        switch reading.useElsewhere({ $0.readElsewhere() }) {
        case nil, .drained, .heldBack: break
        case .moreToDo, .ended: loop.post(readTask)
        }
    }

    func subscriptionsBegin(_ topics: [Frame]) {
        subscriptions.withLock {
            $0 = topics.map { SubscriptionMessage(topic: $0, isSubscribe: true) }
        }
        loop.post(flushTask)
    }

    func subscriptionChanged(topic: [UInt8], isSubscribe: Bool) {
        subscriptions.withLock {
            $0?.append(SubscriptionMessage(topic: Frame(topic), isSubscribe: isSubscribe))
        }
        loop.post(flushTask)
    }

    func refuse(_ reason: Refusal) {
        loop.execute { self.session?.end(.refused(reason)) }
    }
}

/// Work for a pipe on its loop. Does not keep the pipe alive.
private final class PipeTask: LoopTask, @unchecked Sendable {
    // Sendable because `pipe` is set before the task is first posted.

    weak var pipe: SessionPipe?
    private let body: (SessionPipe) -> Void

    init(_ body: @escaping (SessionPipe) -> Void) {
        self.body = body
        super.init()
    }

    override func run() { if let pipe { body(pipe) } }
}
