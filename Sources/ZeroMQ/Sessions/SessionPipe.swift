internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The event loop's end of a pipe: where a socket's streams meet a connection.
///
/// Outlives connections on the connecting side, so that what is queued survives a reconnect; on the
/// accepting side it is made when a handshake completes, and ends with the connection.
final class SessionPipe: @unchecked Sendable {
    // Sendable because `flow` is guarded by `ownership`, `subscriptions` by its lock, the token is
    // atomic, and the rest is bound to the loop.

    let core: SocketCore
    let loop: EventLoop
    let outbound: WireStream
    let inbound: WireStream
    let socketPipe: SocketPipe

    /// Guarded by `ownership`.
    private let flow: UnsafeMutablePointer<OutboundFlow>
    private let ownership = Ownership()
    /// Something arrived since an application thread last wrote to the descriptor itself.
    ///
    /// Relaxed on both sides: a hint, no data depends on it.
    private let directToken = Atomic<Bool>(true)
    private let lastDirectWrite = Atomic<Int64>(0)

    /// Changes of subscription that the connection has not been told yet.
    private let subscriptions = Locked<[SubscriptionMessage]>([])

    // Bound to the loop.
    weak var session: Session?
    weak var keeper: (any SessionKeeper)?
    private var deferred: [() -> Void] = []
    private lazy var flushTask = CallbackTask { [weak self] in self?.flushOnLoop() }
    private lazy var roomTask = CallbackTask { [weak self] in self?.session?.resumeReading() }

    init(core: SocketCore, loop: EventLoop, givenRoutingID: Frame? = nil) {
        self.core = core
        self.loop = loop
        let isRaw = core.kind == .stream
        let outboundBells = StreamBells()
        let inboundBells = StreamBells()
        outbound = WireStream(
            highWaterMark: core.sendMark, readerRetains: !isRaw, bells: outboundBells)
        inbound = WireStream(
            highWaterMark: core.receiveMark, readerRetains: false, bells: inboundBells)
        socketPipe = SocketPipe(
            outbound: outbound, inbound: inbound, givenRoutingID: givenRoutingID)
        flow = .allocate(capacity: 1)
        flow.initialize(to: OutboundFlow(stream: outbound, isRaw: isRaw))
        _ = (flushTask, roomTask)
        socketPipe.farEnd = self
        outboundBells.producer = socketPipe
        outboundBells.consumer = self
        inboundBells.producer = self
        inboundBells.consumer = socketPipe
    }

    deinit {
        flow.deinitialize(count: 1)
        flow.deallocate()
    }

    // MARK: The writing half, from the loop

    /// Runs `body` with the flow: now, or as soon as whoever writes at this moment lets go.
    func withFlow(_ body: @escaping (inout OutboundFlow) -> Void) {
        if deferred.isEmpty, ownership.takeOrLeaveNote() {
            body(&flow.pointee)
            releaseOnLoop()
        } else {
            deferred.append { [unowned self] in body(&flow.pointee) }
        }
    }

    private func releaseOnLoop() {
        // A note can only come from an application thread, and those leave none.
        _ = ownership.release()
    }

    /// Writes what there is. Called on the loop.
    func flushOnLoop() {
        guard ownership.takeOrLeaveNote() else { return }
        let work = deferred
        deferred = []
        for item in work { item() }
        takeSubscriptions()
        let outcome = flow.pointee.flush()
        let isEmpty = flow.pointee.isEmpty
        releaseOnLoop()
        report(outcome, isEmpty: isEmpty)
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

    // MARK: The writing half, from an application thread

    /// Writes right here if that is likely to be quicker than waking the loop.
    ///
    /// Needs a token, which something received gives, or a pause: a burst goes through the loop and
    /// is batched, while request and reply, and messages far apart, skip a thread.
    private func writeDirectly(withToken hasToken: Bool = false) -> Bool {
        guard hasToken || takeToken(), ownership.tryTake() else { return false }
        let outcome = flow.pointee.flush()
        let isWanted = ownership.release()
        switch outcome {
        case .drained where !isWanted: break
        case .blocked where !isWanted: break
        case .drained, .blocked, .moreToWrite, .failed, .closeRequested: loop.post(flushTask)
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
    func forgetSubscriptions() { subscriptions.withLock { $0 = [] } }

    private func takeSubscriptions() {
        guard let session, session.isReady else { return }
        let changes = subscriptions.withLock { changes in
            defer { changes = [] }
            return changes
        }
        guard !changes.isEmpty else { return }
        flow.pointee.add(control: session.encode(changes))
    }

    func requestFlush() { loop.post(flushTask) }
}

extension SessionPipe: StreamConsumer, StreamProducer, PipeFarEnd {
    func streamBecameReadable() {
        if !writeDirectly() { loop.post(flushTask) }
    }

    func streamOffersThread() { _ = writeDirectly(withToken: true) }

    func streamGainedRoom() { loop.post(roomTask) }

    func subscriptionChanged(topic: [UInt8], isSubscribe: Bool) {
        subscriptions.withLock {
            $0.append(SubscriptionMessage(topic: Frame(topic), isSubscribe: isSubscribe))
        }
        loop.post(flushTask)
    }

    func refuse(_ reason: Refusal) {
        loop.execute { self.session?.end(.refused(reason)) }
    }
}
