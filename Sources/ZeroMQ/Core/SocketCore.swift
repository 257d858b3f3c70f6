internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The engine room of one socket, behind whichever public type its owner holds.
///
/// Two directions, each with a gate of its own, so that one thread may send while another receives:
///
///     application ──▶ SendSide ──▶ outbound streams ──▶ sessions or other sockets
///     application ◀── ReceiveSide ◀── inbound streams ◀──
///
/// Where both gates are needed the send gate is entered first. Letters never wait for a gate.
/// The verbs are in the files beside this one: `+Send`, `+Receive`, `+Endpoints`, `+Close`, and the
/// letters' handling in `+SenderMail` and `+ReceiverMail`.
@usableFromInline
final class SocketCore: @unchecked Sendable {
    // Sendable because the sides are guarded by their gates, `life` by its lock, and the counters
    // are atomic.

    let kind: SocketKind
    let context: ContextCore
    /// Each guards its side, and stands beside it: those enter it who may not touch the side yet.
    let sendGate = Gate()
    let receiveGate = Gate()
    /// For those who have to know them before they enter a gate: they never change.
    let sendPattern: SendPattern
    let receivePattern: ReceivePattern
    let sending: UnsafeMutablePointer<SendSide>
    let receiving: UnsafeMutablePointer<ReceiveSide>
    /// Endpoints, options and the way to the end; guarded by its own lock, never held while
    /// waiting.
    let life: Locked<SocketLife>
    let sendTimeout = AtomicTimeout()
    let receiveTimeout = AtomicTimeout()
    let events = EventQueue()
    let drops: DropCounters
    let traffic = TrafficCounters()
    let readyPeers = PeerCounter()
    /// When an application thread last wrote to a descriptor itself, in nanoseconds. Relaxed: a
    /// hint, no data depends on it.
    let lastDirectWrite = Atomic<Int64>(0)
    /// How many parts a message may have that is sent. Relaxed: no data depends on it.
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
        sending = .allocate(capacity: 1)
        sending.initialize(to: SendSide(pattern: sendPattern))
        receiving = .allocate(capacity: 1)
        receiving.initialize(to: ReceiveSide(pattern: receivePattern))
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

    /// A place to wait in for what the other side does.
    func makeParker() -> ThreadParker {
        life.withLock { $0.usesLoop } ? context.makeParker() : ThreadParker()
    }

    // MARK: Gates

    @inline(__always)
    func enterSender() {
        sendGate.enter()
        if sendGate.hasMail { readSenderMail() }
    }

    /// Leaves the sending side, reads late mail, and wakes a waiter if it may go on.
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

    /// Letters may come for as long as peers like: after some rounds an event loop goes on.
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

    /// Leaves the receiving side, reads late mail, and wakes a waiter if it may go on.
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
    /// Takes the waiters who should try again: the first caller, or all once the socket has ended.
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
    /// Patterns whose waiters wait for different peers: each has to look for itself.
    var wakesAll: Bool {
        switch self {
        case .pair, .balance, .request, .none: false
        case .publish, .upstream, .reply, .route, .raw: true
        }
    }
}
