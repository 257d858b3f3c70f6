internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The internals of one socket, whichever public type wraps it.
///
/// Two directions, each with its own gate, so that one thread may send while another receives:
///
///     application ──▶ SendSide ──▶ outbound streams ──▶ sessions or other sockets
///     application ◀── ReceiveSide ◀── inbound streams ◀──
///
/// Where both gates are needed, the send gate is entered first. Posting a letter never waits for a
/// gate. The verbs are in the files beside this one: `+Send`, `+Receive`, `+Endpoints`, `+Close`.
/// The letters are handled in `+SenderMail` and `+ReceiverMail`.
@usableFromInline
final class SocketCore: @unchecked Sendable {
    // Sendable because the sides are guarded by their gates, `life` by its lock, and the counters
    // are atomic.

    let kind: SocketKind
    let context: ContextCore
    /// Each gate guards one side. It is stored outside the side, because callers enter it before
    /// they may touch the side.
    let sendGate = Gate()
    let receiveGate = Gate()
    /// Immutable, so they may be read outside the gates.
    let sendPattern: SendPattern
    let receivePattern: ReceivePattern
    let sending: UnsafeMutablePointer<SendSide>
    let receiving: UnsafeMutablePointer<ReceiveSide>
    /// Endpoints, options and the progress of closing. Guarded by its own lock, which is never held
    /// while waiting.
    let life: Locked<SocketLife>
    let sendTimeout = AtomicTimeout()
    let receiveTimeout = AtomicTimeout()
    let events = EventQueue()
    let drops: DropCounters
    let traffic = TrafficCounters()
    let connections = ConnectionList()
    /// SUB and XSUB: what publishers have confirmed of this socket's subscriptions.
    let confirmations: SubscriptionConfirmations?
    /// When an application thread last wrote to a descriptor itself, in nanoseconds. Relaxed: a
    /// hint that no other data depends on.
    let lastDirectWrite = Atomic<Int64>(0)
    /// The most parts that a sent message may have. Relaxed: no other data depends on it.
    let mostParts: Atomic<Int>
    /// REQ: who may make a request in one call.
    let exchangeTurn = Condition(ExchangeTurn())
    @usableFromInline let sendTurns = TaskTurns()
    @usableFromInline let receiveTurns = TaskTurns()

    init(kind: SocketKind, context: ContextCore) {
        self.kind = kind
        self.context = context
        sendPattern = SendPattern(kind)
        receivePattern = ReceivePattern(kind)
        let subscribes = kind == .subscriber || kind == .xSubscriber
        confirmations = subscribes ? SubscriptionConfirmations() : nil
        sending = .allocate(capacity: 1)
        sending.initialize(to: SendSide(pattern: sendPattern))
        receiving = .allocate(capacity: 1)
        let spin = context.makeSpinGovernor()
        receiving.initialize(to: ReceiveSide(pattern: receivePattern, spin: spin))
        life = Locked(SocketLife(context.options))
        mostParts = Atomic(context.options.socketDefaults.mostParts)
        drops = DropCounters(events: events)
    }

    deinit {
        sending.deinitialize(count: 1)
        sending.deallocate()
        receiving.deinitialize(count: 1)
        receiving.deallocate()
    }

    /// A parker for a thread that waits for peers. It may drive the loop if the socket uses one.
    func makeParker() -> ThreadParker {
        life.withLock { $0.usesLoop } ? context.makeParker() : ThreadParker()
    }

    // MARK: Gates

    @inline(__always)
    func enterSender() {
        sendGate.enter()
        if sendGate.hasMail { readSenderMail() }
    }

    /// Leaves the sending side, reads letters that came late, and wakes a waiter that may proceed.
    @inline(__always)
    func leaveSender() {
        if !sending.pointee.waiters.isEmpty { return leaveSenderWaking() }
        if sendGate.leave() { readMailLeftAtSender() }
    }

    @inline(never)
    private func leaveSenderWaking() {
        let woken = sending.pointee.waitersToWake()
        let hasMail = sendGate.leave()
        for waiter in woken { waiter.wake() }
        if hasMail { readMailLeftAtSender() }
    }

    /// Letters may keep coming for as long as peers like: after some rounds an event loop
    /// continues.
    @inline(never)
    private func readMailLeftAtSender() {
        var patience = MailPatience()
        while sendGate.hasMail, sendGate.tryEnter() {
            readSenderMail()
            let woken = sending.pointee.waiters.isEmpty ? [] : sending.pointee.waitersToWake()
            let hasMail = sendGate.leave()
            for waiter in woken { waiter.wake() }
            guard hasMail, patience.isOver(context.clock) else { continue }
            if context.leaveToLoop({ self.readMailLeftAtSender() }) { return }
        }
    }

    func deliverToSender(_ letter: Letter) {
        guard sendGate.post(letter) else { return }
        readSenderMail()
        leaveSender()
    }

    @inline(__always)
    func enterReceiver() {
        receiveGate.enter()
        if receiveGate.hasMail { readReceiverMail() }
    }

    /// Leaves the receiving side, reads letters that came late, and wakes a waiter that may
    /// proceed.
    @inline(__always)
    func leaveReceiver() {
        if !receiving.pointee.waiters.isEmpty { return leaveReceiverWaking() }
        if receiveGate.leave() { readMailLeftAtReceiver() }
    }

    @inline(never)
    private func leaveReceiverWaking() {
        let woken = receiving.pointee.waitersToWake()
        let hasMail = receiveGate.leave()
        for waiter in woken { waiter.wake() }
        if hasMail { readMailLeftAtReceiver() }
    }

    /// See `readMailLeftAtSender`.
    @inline(never)
    private func readMailLeftAtReceiver() {
        var patience = MailPatience()
        while receiveGate.hasMail, receiveGate.tryEnter() {
            readReceiverMail()
            let woken = receiving.pointee.waiters.isEmpty ? [] : receiving.pointee.waitersToWake()
            let hasMail = receiveGate.leave()
            for waiter in woken { waiter.wake() }
            guard hasMail, patience.isOver(context.clock) else { continue }
            if context.leaveToLoop({ self.readMailLeftAtReceiver() }) { return }
        }
    }

    func deliverToReceiver(_ letter: Letter) {
        guard receiveGate.post(letter) else { return }
        readReceiverMail()
        leaveReceiver()
    }
}

extension SendSide {
    /// Takes the waiters that should try again: the first caller, or all once the socket has ended.
    mutating func waitersToWake() -> [Waiter] {
        if ending != nil || takeNewsOfRefusal() { return waiters.popAll() }
        let wasStirred = isStirred
        isStirred = false
        var woken = wasStirred ? waiters.popAll(.observer) : []
        guard pattern.wakesAll ? wasStirred : mayProceed else { return woken }
        woken += waiters.popAll(.poller)
        if pattern.wakesAll {
            woken += waiters.popAll(.caller)
        } else if let first = waiters.popFirst() {
            woken.append(first)
        }
        return woken
    }
}

extension ReceiveSide {
    mutating func waitersToWake() -> [Waiter] {
        if ending != nil || refusals.takeNews() { return waiters.popAll() }
        guard mayProceed else { return [] }
        var woken = waiters.popAll(.poller)
        if let first = waiters.popFirst() { woken.append(first) }
        return woken
    }
}

extension SendPattern {
    /// Patterns whose waiters wait for different peers: each waiter has to check for itself.
    var wakesAll: Bool {
        switch self {
        case .pair, .balance, .request, .none: false
        case .publish, .upstream, .reply, .route, .raw: true
        }
    }
}
