internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The event loop's end of a pipe: where a socket's streams meet a connection.
///
/// For a connecting endpoint it outlives connections, so that queued messages survive a reconnect.
/// For an accepting one it is made when a handshake completes, and ends with the connection.
final class SessionPipe: @unchecked Sendable {
    // Sendable because the two halves are claimed before use, `subscriptions` has a lock, the token
    // is atomic, and the rest is bound to the loop.

    let core: SocketCore
    let loop: EventLoop
    let outbound: WireStream
    let inbound: WireStream
    let socketPipe: SocketPipe

    /// The writing half, and below, the reading half of the connection, if there is one.
    let writing: Claimed<OutboundFlow>
    let reading: Claimed<InboundFlow>
    /// Bytes arrived since an application thread last wrote to the descriptor itself.
    ///
    /// Relaxed on both sides: a hint that no other data depends on.
    private let directToken = Atomic<Bool>(true)

    /// Changes of subscription that the peer has not been told of; nil if the socket does not
    /// subscribe.
    let subscriptions: Locked<SubscriptionChanges>?

    // Bound to the loop.
    weak var session: Session?
    weak var keeper: (any SessionKeeper)?
    let leaving = PipeLeaving()
    private let flushTask: PipeTask
    private let readTask: PipeTask
    /// Created in the first burst: an idle pipe has none.
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
            givenRoutingID: givenRoutingID ?? (isRaw ? RouteTable.nextID() : nil),
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

    /// The pipe of a connecting endpoint.
    convenience init(_ core: SocketCore, _ loop: EventLoop, _ options: SocketOptions) {
        self.init(
            core: core,
            loop: loop,
            givenRoutingID: options.connectRoutingID,
            conflates: options.keepsOnlyLatest
        )
    }

    // MARK: The writing half

    /// Writes what the pipe holds. Called on the loop.
    func flushOnLoop() {
        let result = writing.useOnLoop { flow in
            // Taken while this thread holds the writing half: a message sent after a change must
            // not overtake it. If the peer does not read, changes wait behind earlier messages,
            // where they can still be merged.
            let news = subscribes && flow.takesControl ? takeSubscriptions(flow.reader) : nil
            if let news { flow.add(control: news.bytes) }
            let outcome = flow.flush(mayLinger: true)
            let state = subscribes ? WritingState(flow) : nil
            return (outcome, flow.isEmpty, state, told: news?.told)
        }
        // If another thread holds the writing half, it calls the loop on release.
        guard let result else { return }
        guard let state = result.2 else { return report(result.0, isEmpty: result.1) }
        if let told = result.told { core.confirmations?.confirmed(told, by: socketPipe) }
        let isWaiting = subscriptions?.withLock { !$0.isEmpty } == true
        report(result.0, isEmpty: result.1 && !isWaiting)
        if isWaiting, mayTellMore(after: state) { requestFlush() }
    }

    private var subscribes: Bool { subscriptions != nil }

    /// Writes again after a burst. Called on the loop.
    private func revisit() {
        // If another thread holds the writing half, it is writing.
        guard
            let result = writing.useIfFree({ ($0.flushAgain(), $0.isEmpty) })
        else { return loop.revisit(revisitTask) }
        report(result.0, isEmpty: result.1)
    }

    /// Whether the kernel has taken every message whole. Called on the loop. If false, the keeper
    /// is called when it may have become true.
    ///
    /// For a raw connection an empty queue is not enough: a body leaves the queue before it is
    /// written.
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

    /// Writes on the calling thread if that is likely to be quicker than waking the loop.
    ///
    /// Allowed once after something was received, and after a pause. So requests, replies and
    /// occasional messages save a change of thread, while a burst goes through the loop and is
    /// batched.
    private func writeDirectly() -> Bool {
        // A forked child would write into the middle of its parent's data.
        guard !core.context.isForked else { return true }
        guard takeToken(), let outcome = writing.useElsewhere({ $0.flush() }) else { return false }
        noteDirectWrite()
        reportElsewhere(outcome)
        return true
    }

    /// After a write on another thread, has the loop do what is left.
    private func reportElsewhere(_ outcome: OutboundFlow.Outcome) {
        switch outcome {
        case .drained, .lingering, .blocked: break
        case .moreToWrite, .failed: loop.post(flushTask)
        // The close request has left the queue, so the loop would not find it there.
        case .closeRequested: loop.execute { self.report(outcome, isEmpty: false) }
        }
    }

    private func takeToken() -> Bool {
        if directToken.exchange(false, ordering: .relaxed) { return true }
        let now = core.context.clock.now.nanoseconds
        return now - core.lastDirectWrite.load(ordering: .relaxed) > Self.pauseForToken
    }

    /// Starts the pause when a write has ended, to any peer. Counted from the start of a write, or
    /// for each peer separately, a burst over slow connections or many peers would consist of
    /// pauses.
    private func noteDirectWrite() {
        core.lastDirectWrite.store(core.context.clock.now.nanoseconds, ordering: .relaxed)
    }

    /// After a pause of this many nanoseconds a message does not belong to a burst.
    private static let pauseForToken: Int64 = 50_000

    /// Something was received: its answer may be written directly.
    func grantToken() { directToken.store(true, ordering: .relaxed) }

    // MARK: The reading half

    /// Continues to read. Called on the loop.
    func readOnLoop() {
        // Without a ready session nothing is read, but work arranged at the last one's end is done.
        guard let session, session.isReady else {
            reading.useOnLoop { _ in }
            return
        }
        session.readAvailable()
    }

    /// Calls `body` once no thread uses the connection, after everything arranged before. Called on
    /// the loop; retains the pipe until then.
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
        // A thread that holds the writing half is making room already. A note would make the loop
        // continue its work, and every batch would then cost two changes of thread.
        guard !core.context.isForked else { return }
        guard let tried = writing.useIfFree({ $0.flushUnlessSealed() }) else { return }
        // Sealing is slow enough to be left to the loop, while this thread produces more to seal.
        guard let outcome = tried else {
            loop.post(flushTask)
            return
        }
        if case .drained = outcome { loop.putOffRevisits() }
        reportElsewhere(outcome)
    }

    func streamGainedRoom() { loop.post(readTask) }

    func streamRanDry() {
        // A forked child would take what its parent is to receive.
        guard !core.context.isForked else { return }
        // If the loop holds the reading half, it is called again on release, and then finds room.
        let result = reading.useElsewhere { flow in
            let outcome = flow.readElsewhere()
            if case .moreToRead = outcome { flow.remind(loop) }
            if flow.isConsumerBusy { core.context.spareLoop(loop) }
            return (outcome, flow.takeWakeUp())
        }
        guard let result else { return }
        // The caller continues to read by itself, except if it waits at a shelf.
        if result.1 { inbound.wakeConsumer() }
        switch result.0 {
        case .drained, .heldBack, .awaitingUptake, .moreToRead: break
        case .moreToDo, .ended: loop.post(readTask)
        }
    }

    func readingMarkChanged(to mark: Int) {
        loop.execute { self.writing.arrange { $0.setMark(mark) } }
    }

    func writingMarkChanged(to mark: Int) {
        loop.execute {
            self.reading.arrange { $0.setMark(mark) }
            // Messages held back under the old mark may have room under the new one.
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

    func admit(as name: Frame?) {
        loop.execute {
            self.session?.wasAdmitted(as: name)
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
        loop.execute { self.session?.endWhenWritten(linger) }
    }
}

/// A job for a pipe on its loop. Does not retain the pipe.
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
