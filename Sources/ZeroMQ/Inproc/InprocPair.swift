internal import ZeroMQProtocol

/// The two pipes of an inproc connection, which share their streams: what one socket writes to the
/// other one reads. No thread and no descriptor is involved.
struct InprocPair {
    /// The pipe of the socket that connects.
    let near: SocketPipe
    /// The pipe of the socket that is bound. Has no socket before the two have met.
    let far: SocketPipe

    init(_ core: SocketCore, _ options: SocketOptions) {
        // A queue that keeps the newest message passes them on one by one.
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
            givenRoutingID: options.connectRoutingID.map { Frame($0) }
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

/// What a pipe over inproc knows beyond others.
final class InprocEnd {
    weak let connection: InprocConnection?
    /// The socket at the other end, while the two are connected; guarded by the send gate, and by
    /// the receive gate of the pipe's socket.
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
            // What is subscribed to when two sockets meet comes first.
            let change = SubscriptionMessage(topic: topic, isSubscribe: true)
            owner.deliver(change, from: self, after: 0)
        }
    }

    /// What changes before all topics are named is among them.
    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    ) {
        guard let caller, caller.peer != nil else { return }
        caller.inproc?.partnerOfReceiver?.deliver(change, from: self, after: messages)
    }

    func takeWaitingChanges() -> [SubscriptionMessage] { [] }

    /// Whoever changes a subscription over inproc does not wait.
    func subscriptionsTaken() {}

    // What over inproc is given up, is given up in a turn.
    func withdrawLast() -> Withdrawal { .unknown }
    func requestGivenUp() {}

    // Nobody is between two sockets who could ask one to retire, to depart or to admit a peer.
    func sendingStopped() {}
    func departed(unsent: Int) {}
    func admit() {}

    /// STREAM has no inproc.
    func closeRequested(linger: Linger) {}

    func readingMarkChanged(to mark: Int) {
        caller?.inproc?.partnerOfSender?.deliverToReceiver(Letter(.inboundMark(mark), pipe: self))
    }

    /// This socket writes what the other one's mark limits, and adds its own.
    func writingMarkChanged(to mark: Int) {
        caller?.inproc?.partnerOfReceiver?.deliverToSender(Letter(.partnerMark, pipe: self))
    }

    /// The other socket will not have this one any more.
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
