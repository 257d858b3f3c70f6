internal import ZeroMQ

/// The library of this repository, through nothing but its public interface.
struct NativeMessaging: PerfMessaging {
    private let context = Context()
    private let limits: PerfLimits

    init(limits: PerfLimits) { self.limits = limits }

    func makePush() -> NativeSocket<PushSocket> { sender(PushSocket(context: context)) }
    func makePull() -> NativeSocket<PullSocket> { receiver(PullSocket(context: context)) }

    func makeRequest() -> NativeSocket<RequestSocket> {
        sender(receiver(RequestSocket(context: context)).socket)
    }

    func makeReply() -> NativeSocket<ReplySocket> {
        sender(receiver(ReplySocket(context: context)).socket)
    }

    func makePublisher() -> NativeSocket<PublisherSocket> {
        let socket = PublisherSocket(context: context)
        socket.isLossless = true
        return sender(socket)
    }

    func makeSubscriber() throws -> NativeSocket<SubscriberSocket> {
        let socket = SubscriberSocket(context: context)
        try socket.subscribe()
        return receiver(socket)
    }

    func shutDown() { context.shutDown() }

    private func sender<S: SendingSocket>(_ socket: S) -> NativeSocket<S> {
        if let mark = highWaterMark { socket.sendHighWaterMark = mark }
        return common(socket)
    }

    private func receiver<S: ReceivingSocket>(_ socket: S) -> NativeSocket<S> {
        if let mark = highWaterMark { socket.receiveHighWaterMark = mark }
        return common(socket)
    }

    private func common<S: Socket>(_ socket: S) -> NativeSocket<S> {
        socket.linger = .waitForever
        if let backlog = limits.backlog { socket.options.backlog = Int(backlog) }
        return NativeSocket(socket: socket)
    }

    /// Zero means no limit, as it does for libzmq.
    private var highWaterMark: Limit? {
        limits.highWaterMark.map { $0 == 0 ? .unlimited : Limit(integerLiteral: Int($0)) }
    }
}

/// One socket of ours, with the abilities that its type has.
struct NativeSocket<S: Socket>: PerfSocket {
    let socket: S

    func bind(_ endpoint: String) throws -> String { try socket.bind(endpoint).description }
    func connect(_ endpoint: String) throws { try socket.connect(endpoint) }
    func close() { socket.close() }
}

extension NativeSocket: PerfSender where S: SendingSocket {
    func send(copying bytes: UnsafeRawBufferPointer) throws {
        try socket.send(Message(copying: bytes))
    }

    func closeWhenDelivered(to peers: Int) { close() }
}

extension NativeSocket: PerfReceiver where S: ReceivingSocket {
    func receive<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try socket.receive().withUnsafeBytes(body)
    }

    func bindCountingPeers(_ endpoint: String) throws -> (_ atLeast: Int) throws -> Void {
        try socket.bind(endpoint)
        return { try socket.waitForPeers(atLeast: $0) }
    }
}

extension NativeSocket: PerfPublisher where S == PublisherSocket {
    func waitForSubscribers(_ count: Int) throws {
        try socket.waitForSubscribers(atLeast: count)
    }
}
