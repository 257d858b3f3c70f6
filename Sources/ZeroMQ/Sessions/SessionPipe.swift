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

    /// Changes of subscription that the connection has not been told yet; nil where the socket does
    /// not subscribe.
    private let subscriptions: Locked<SubscriptionChanges>?

    // Bound to the loop.
    weak var session: Session?
    weak var keeper: (any SessionKeeper)?
    let leaving = PipeLeaving()
    private let flushTask: PipeTask
    private let readTask: PipeTask
    /// Made in the first burst: an idle pipe has none.
    private lazy var revisitTask = PipeTask(of: self) { $0.revisit() }

    init(
        core: SocketCore,
        loop: EventLoop,
        givenRoutingID: Frame? = nil,
        conflates: Bool = false
    ) {
        self.core = core
        self.loop = loop
        let isRaw = core.kind == .stream
        outbound = WireStream(
            highWaterMark: conflates ? 1 : core.sendMark,
            readerRetains: !isRaw
        )
        inbound = WireStream(
            highWaterMark: core.receiveMark,
            readerRetains: false
        )
        socketPipe = SocketPipe(
            outbound: outbound,
            inbound: inbound,
            givenRoutingID: givenRoutingID,
            takesSubscriptions: InboundPolicy(core.kind).takesSubscriptions
        )
        if conflates { socketPipe.conflate() }
        let subscribes = core.kind == .subscriber || core.kind == .xSubscriber
        subscriptions = subscribes ? Locked(SubscriptionChanges()) : nil
        let flushTask = PipeTask { $0.flushOnLoop() }
        let readTask = PipeTask { $0.readOnLoop() }
        (self.flushTask, self.readTask) = (flushTask, readTask)
        writing = Claimed(
            OutboundFlow(stream: outbound, isRaw: isRaw, traffic: core.traffic),
            calling: flushTask,
            on: loop
        )
        reading = Claimed(
            InboundFlow(stream: inbound, traffic: core.traffic),
            calling: readTask,
            on: loop
        )
        (flushTask.pipe, readTask.pipe) = (self, self)
        socketPipe.farEnd = self
        (outbound.producer, outbound.consumer) = (socketPipe, self)
        (inbound.producer, inbound.consumer) = (self, socketPipe)
    }

    /// The pipe of an endpoint that connects.
    convenience init(_ core: SocketCore, _ loop: EventLoop, _ options: SocketOptions) {
        self.init(
            core: core,
            loop: loop,
            givenRoutingID: options.connectRoutingID.map { Frame($0) },
            conflates: options.keepsOnlyLatest
        )
    }

    // MARK: The writing half

    /// Writes what there is. Called on the loop.
    func flushOnLoop() {
        let result = writing.useOnLoop { flow in
            // Changes of subscription are taken once nobody else can write: a message that was
            // sent after them must not go first. If the peer does not read, they wait where they
            // can be settled, behind the messages that were sent before them.
            if subscribes, flow.takesControl { flow.add(control: takeSubscriptions(flow.reader)) }
            let outcome = flow.flush(mayLinger: true)
            let isStreamEmpty = flow.reader.pointee.isEmpty
            return (outcome, flow.isEmpty, isStreamEmpty, takesMore: flow.takesControl)
        }
        // Whoever has the writing half has the loop called when it is free.
        guard let result else { return }
        let isWaiting = subscriptions?.withLock { !$0.isEmpty } == true
        report(result.0, isEmpty: result.1 && !isWaiting)
        guard isWaiting, result.takesMore, session?.isReady == true else { return }
        // While messages wait that go first, whoever writes the last of them comes by here.
        let isNext = subscriptions?.withLock { $0.hasNext(messagesAreWritten: result.2) }
        if isNext == true { loop.post(flushTask) }
    }

    private var subscribes: Bool { subscriptions != nil }

    /// Comes back after a burst. Called on the loop.
    private func revisit() {
        // Whoever has the writing half writes what there is.
        guard
            let result = writing.useIfFree({ ($0.flushAgain(), $0.isEmpty) })
        else { return loop.revisit(revisitTask) }
        report(result.0, isEmpty: result.1)
    }

    /// Whether the kernel has every message whole. Called on the loop; if it is no, the keeper
    /// hears of it when it may be yes.
    ///
    /// The queue is not enough to tell for a raw connection, which takes a body out of it before
    /// the body is written.
    var isDrained: Bool {
        guard outbound.unacknowledged == 0 else { return false }
        guard core.kind == .stream else { return true }
        return writing.useOnLoop { $0.isEmpty } ?? false
    }

    private func report(_ outcome: OutboundFlow.Outcome, isEmpty: Bool) {
        switch outcome {
        case .drained, .lingering:
            if case .lingering = outcome { loop.revisit(revisitTask) }
            if isEmpty { keeper?.pipeDrained(self) }
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
    private func writeDirectly() -> Bool {
        // A child that was forked would write into the middle of what its parent says.
        guard !core.context.isForked else { return true }
        guard takeToken(), let outcome = writing.useElsewhere({ $0.flush() }) else { return false }
        noteDirectWrite()
        reportElsewhere(outcome)
        return true
    }

    /// Whoever wrote was no loop; the loop sees to what is left.
    private func reportElsewhere(_ outcome: OutboundFlow.Outcome) {
        switch outcome {
        case .drained, .lingering, .blocked: break
        case .moreToWrite, .failed: loop.post(flushTask)
        // The request has left the queue: the loop would not find it there.
        case .closeRequested: loop.execute { self.report(outcome, isEmpty: false) }
        }
    }

    private func takeToken() -> Bool {
        if directToken.exchange(false, ordering: .relaxed) { return true }
        let now = core.context.clock.now.nanoseconds
        return now - core.lastDirectWrite.load(ordering: .relaxed) > Self.pauseForToken
    }

    /// The pause begins when the write has ended, to whichever peer: where writing is slow, or the
    /// peers are many, a burst would else consist of pauses.
    private func noteDirectWrite() {
        core.lastDirectWrite.store(core.context.clock.now.nanoseconds, ordering: .relaxed)
    }

    /// A pause of this many nanoseconds is no burst.
    private static let pauseForToken: Int64 = 50_000

    /// Something was received: an answer to it may be written directly.
    func grantToken() { directToken.store(true, ordering: .relaxed) }

    // MARK: Subscriptions

    /// A connection begins, which will be told the whole set.
    func beginSubscriptions() { subscriptions?.withLock { $0.connect() } }

    /// The connection has ended: the next one will be told the whole set.
    func endSubscriptions() { subscriptions?.withLock { $0.disconnect() } }

    /// Bytes of topics that are handed to the connection at a time.
    private static let portion = 65_536

    private func takeSubscriptions(_ reader: StreamReader.Pointer) -> [UInt8] {
        guard let session, session.isReady, let subscriptions else { return [] }
        // Looked at under the lock: a message that was sent before a change that is found there has
        // been published.
        let changes = subscriptions.withLock {
            $0.take(bytes: Self.portion, messagesAreWritten: reader.pointee.isEmpty)
        }
        return changes.isEmpty ? [] : session.encode(changes)
    }

    // MARK: The reading half

    /// Goes on reading. Called on the loop.
    func readOnLoop() {
        // One that has ended reads no more, and what was arranged at its end is still to be done.
        guard let session, session.isReady else {
            reading.useOnLoop { _ in }
            return
        }
        session.readAvailable()
    }

    /// Has something done when nobody uses the connection any more, after all that was arranged
    /// before. Called on the loop; keeps the pipe until then.
    func whenReleased(_ body: @escaping () -> Void) {
        reading.arrange { _ in
            self.writing.arrange { _ in withExtendedLifetime(self) { body() } }
        }
    }

    func requestRead() { loop.post(readTask) }

    func requestFlush() { loop.post(flushTask) }
}

extension SessionPipe: StreamConsumer, StreamProducer, PipeFarEnd {
    func streamBecameReadable() {
        if !writeDirectly() { loop.post(flushTask) }
    }

    func streamOffersThread() {
        // Whoever has the writing half now makes room; a note would have the loop write on, and
        // every batch would then cost two changes of thread.
        guard !core.context.isForked else { return }
        guard let tried = writing.useIfFree({ $0.flushUnlessSealed() }) else { return }
        // Sealing takes long enough to let the loop do it, while this thread makes more to seal.
        guard let outcome = tried else {
            loop.post(flushTask)
            return
        }
        if case .drained = outcome { loop.putOffRevisits() }
        reportElsewhere(outcome)
    }

    func streamGainedRoom() { loop.post(readTask) }

    func streamRanDry() {
        // A child that was forked would take what its parent is to receive.
        guard !core.context.isForked else { return }
        // If the loop is at it, it is called again, and finds out that there is room now.
        let result = reading.useElsewhere { flow in
            let outcome = flow.readElsewhere()
            if case .moreToRead = outcome { flow.remind(loop) }
            if flow.isConsumerBusy { core.context.spareLoop(loop) }
            return (outcome, flow.takeWakeUp())
        }
        guard let result else { return }
        // The caller reads on by itself, but where it is a shelf that has run dry.
        if result.1 { inbound.wakeConsumer() }
        switch result.0 {
        case .drained, .heldBack, .awaitingUptake, .moreToRead: break
        case .moreToDo, .ended: loop.post(readTask)
        }
    }

    func subscriptionsBegin(_ topics: [Frame]) {
        subscriptions?.withLock { $0.name(topics) }
        loop.post(flushTask)
    }

    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    ) {
        subscriptions?.withLock { $0.append(change, isRepetition: isRepetition) }
        loop.post(flushTask)
    }

    func takeWaitingChanges() -> [SubscriptionMessage] {
        subscriptions?.withLock { $0.takeForStream() } ?? []
    }

    func subscriptionsTaken() { loop.post(readTask) }

    func readingMarkChanged(to mark: Int) {
        loop.execute { self.writing.arrange { $0.setMark(mark) } }
    }

    func writingMarkChanged(to mark: Int) {
        loop.execute {
            self.reading.arrange { $0.setMark(mark) }
            // What the old mark kept back may have room under the new one.
            self.readOnLoop()
        }
    }

    func refuse(_ reason: Refusal) {
        loop.execute {
            if let session = self.session {
                session.refuse(reason)
            } else {
                self.keeper?.pipeWasRefused(self, reason)
            }
        }
    }

    func admit() {
        loop.execute {
            self.session?.wasAdmitted()
            self.keeper?.pipeWasAdmitted(self)
        }
    }

    func withdrawLast() -> Withdrawal {
        guard let isWithdrawn = writing.useIfFree({ $0.withdrawLast() }) else { return .unknown }
        return isWithdrawn ? .withdrawn : .gone
    }

    func requestGivenUp() {
        loop.execute { self.keeper?.requestGivenUp(self) }
    }

    func closeRequested(linger: Linger) {
        loop.execute { self.session?.closeWhenWritten(linger) }
    }
}

/// Work for a pipe on its loop. Does not keep the pipe alive.
private final class PipeTask: LoopTask, @unchecked Sendable {
    // Sendable because `pipe` is set before the task is first posted.

    weak var pipe: SessionPipe?
    private let body: (SessionPipe) -> Void

    init(of pipe: SessionPipe? = nil, _ body: @escaping (SessionPipe) -> Void) {
        self.pipe = pipe
        self.body = body
        super.init()
    }

    override func run() { if let pipe { body(pipe) } }
}
