internal import ZeroMQProtocol

/// The two pipes of an inproc connection. They share their streams: one socket writes to the stream
/// that the other reads. No thread and no descriptor is involved.
struct InprocPair {
    /// The pipe of the connecting socket.
    let near: SocketPipe
    /// The pipe of the bound socket. It has no socket before the two have met.
    let far: SocketPipe

    init(_ core: SocketCore, _ options: SocketOptions) {
        // A queue that keeps only the newest message forwards one message at a time.
        let conflates = options.keepsOnlyLatest
        // The other side's marks are added when the two have met.
        let outbound = WireStream(
            highWaterMark: conflates ? 1 : core.sendMark,
            readerRetains: false,
            joinsThreads: true
        )
        let inbound = WireStream(
            highWaterMark: core.receiveMark,
            readerRetains: false,
            joinsThreads: true
        )
        near = SocketPipe(
            outbound: outbound,
            inbound: inbound,
            givenRoutingID: options.connectRoutingID
        )
        if conflates { near.conflate() }
        far = SocketPipe(outbound: inbound, inbound: outbound)
        (near.farEnd, far.farEnd) = (far, near)
        (outbound.producer, outbound.consumer) = (near, far)
        (inbound.producer, inbound.consumer) = (far, near)
        near.belong(to: core)
    }

    func belong(to connection: InprocConnection) {
        near.inproc = InprocEnd(connection)
        far.inproc = InprocEnd(connection)
    }
}

/// What a pipe over inproc knows in addition.
final class InprocEnd {
    weak let connection: InprocConnection?
    /// The socket at the other end, while the two are connected. Guarded by the send gate of the
    /// pipe's socket; and below, the same guarded by the receive gate.
    var partnerOfSender: SocketCore?
    var partnerOfReceiver: SocketCore?

    init(_ connection: InprocConnection) { self.connection = connection }
}

extension SocketPipe: PipeFarEnd {
    // Each of these is called by the other pipe's socket, inside one of its gates.

    private var caller: SocketPipe? { farEnd as? SocketPipe }

    func subscriptionsBegin(_ topics: [Frame]) {
        guard let owner = caller?.inproc?.partnerOfReceiver else { return }
        for topic in topics {
            // Existing subscriptions come before all messages.
            let change = SubscriptionMessage(topic: topic, isSubscribe: true)
            owner.deliver(change, from: self, after: 0)
        }
    }

    /// A change before all topics are named is included in them.
    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    ) {
        guard let caller, caller.peer != nil else { return }
        caller.inproc?.partnerOfReceiver?.deliver(change, from: self, after: messages)
    }

    func takeWaitingChanges(after messages: UInt64) -> [SubscriptionMessage] { [] }
    func waitingChangesSent() {}

    /// Over inproc there is nothing to ask: the other socket applies a change before it publishes
    /// again.
    func askForConfirmation(_ number: UInt64) {}
    func answer(_ pings: [[UInt8]]) {}

    /// Over inproc, a socket that changes a subscription does not wait.
    func subscriptionsTaken() {}

    // Over inproc a request is given up in a turn of `InprocRegistry`.
    func withdrawLast() -> Withdrawal { .unknown }
    func requestGivenUp() {}

    // Between two sockets no session retires or departs a pipe, or waits for a place.
    func sendingStopped() {}
    func departed(unsent: Int) {}
    func admit(as name: Frame?) {}

    /// STREAM has no inproc.
    func closeRequested(linger: Linger) {}

    func readingMarkChanged(to mark: Int) {
        caller?.inproc?.partnerOfSender?.deliverToReceiver(Letter(.inboundMark(mark), pipe: self))
    }

    /// The other socket's mark, added to its own, limits what this socket writes.
    func writingMarkChanged(to mark: Int) {
        caller?.inproc?.partnerOfReceiver?.deliverToSender(Letter(.partnerMark, pipe: self))
    }

    /// The other socket refuses this one from now on.
    func refuse(_ reason: Refusal) {
        guard let caller, let connection = inproc?.connection else { return }
        let context = connection.core.context
        context.inproc.later(.refusal(connection, by: caller, reason), in: context)
    }
}

extension SocketCore {
    fileprivate func deliver(
        _ change: SubscriptionMessage,
        from pipe: SocketPipe,
        after messages: UInt64
    ) {
        let content = Letter.Content.subscription(
            topic: Array(change.topic),
            isSubscribe: change.isSubscribe,
            after: messages
        )
        deliverToSender(Letter(content, pipe: pipe))
    }
}
