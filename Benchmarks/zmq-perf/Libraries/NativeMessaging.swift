internal import ZeroMQ

/// The library of this repository, through nothing but its public interface.
struct NativeMessaging: PerfMessaging {
    private let context = Context()
    private let limits: PerfLimits
    private let security: SocketSecurity

    init(limits: PerfLimits) throws {
        self.limits = limits
        security =
            switch limits.encryption {
            case nil: .none
            case .server: .curveServer(try CurveKeys.server())
            case .client:
                .curveClient(try CurveKeys.client(), server: try CurveKeys.server().publicKey)
            }
    }

    func makePush() -> NativeSocket<PushSocket> { sender(PushSocket(context: context)) }
    func makePull() -> NativeSocket<PullSocket> { receiver(PullSocket(context: context)) }
    func makeRequest() -> NativeSocket<RequestSocket> { both(RequestSocket(context: context)) }
    func makeReply() -> NativeSocket<ReplySocket> { both(ReplySocket(context: context)) }
    func makePair() -> NativeSocket<PairSocket> { both(PairSocket(context: context)) }
    func makeDealer() -> NativeSocket<DealerSocket> { both(DealerSocket(context: context)) }

    func makeRouter() -> NativeSocket<RouterSocket> {
        let socket = RouterSocket(context: context)
        socket.isMandatory = true
        return both(socket)
    }

    func makePublisher() -> NativeSocket<PublisherSocket> {
        let socket = PublisherSocket(context: context)
        socket.isLossless = true
        return sender(socket)
    }

    func makeCountingPublisher() -> NativeSocket<PublisherSocket> { makePublisher() }

    func makeSubscriber() -> NativeSocket<SubscriberSocket> {
        receiver(SubscriberSocket(context: context))
    }

    func makeProxy(
        _ frontend: NativeSocket<PullSocket>,
        _ backend: NativeSocket<PushSocket>
    ) -> NativeProxy {
        NativeProxy(frontend: frontend.socket, backend: backend.socket)
    }

    func makeProxy(
        _ frontend: NativeSocket<RouterSocket>,
        _ backend: NativeSocket<DealerSocket>
    ) -> NativeProxy {
        NativeProxy(frontend: frontend.socket, backend: backend.socket)
    }

    func makePoller(_ sockets: [NativeSocket<PairSocket>]) -> NativePoller {
        NativePoller(sockets.map(\.socket))
    }

    func shutDown() { context.shutDown() }

    private func both<S: SendingSocket & ReceivingSocket>(_ socket: S) -> NativeSocket<S> {
        sender(receiver(socket).socket)
    }

    private func sender<S: SendingSocket>(_ socket: S) -> NativeSocket<S> {
        if let mark = highWaterMark { socket.sendHighWaterMark = mark }
        return common(socket)
    }

    private func receiver<S: ReceivingSocket>(_ socket: S) -> NativeSocket<S> {
        if let mark = highWaterMark { socket.receiveHighWaterMark = mark }
        return common(socket)
    }

    private func common<S: Socket>(_ socket: S) -> NativeSocket<S> {
        socket.linger = limits.discardsUnsent ? .discard : .waitForever
        if let backlog = limits.backlog { socket.options.backlog = Int(backlog) }
        socket.options.security = security
        // As libzmq does without a handler of ZAP.
        if limits.encryption == .server {
            socket.options.authenticator = .anyoneHoldingTheServersPublicKey
        }
        return NativeSocket(socket: socket)
    }

    /// Zero means no limit, as it does for libzmq.
    private var highWaterMark: Limit? {
        limits.highWaterMark.map { $0 == 0 ? .unlimited : Limit(integerLiteral: Int($0)) }
    }
}
