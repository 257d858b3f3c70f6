internal import LibZMQ
internal import ZeroMQ

/// The real libzmq, with the calls that serve it best.
struct LibZMQMessaging: PerfMessaging {
    private let context: LibZMQ.Context
    private let limits: PerfLimits

    init(limits: PerfLimits) throws {
        context = try LibZMQ.load().makeContext()
        if let sockets = limits.sockets { try context.set(.maximumSockets, sockets) }
        self.limits = limits
    }

    func makePush() throws -> LibZMQPerfSocket {
        try socket(.push, monitored: .disconnected)
    }

    func makePull() throws -> LibZMQPerfSocket {
        try socket(.pull, monitored: .handshakeSucceeded)
    }

    func makeRequest() throws -> LibZMQPerfSocket { try socket(.request) }
    func makeReply() throws -> LibZMQPerfSocket { try socket(.reply) }
    func makePair() throws -> LibZMQPerfSocket { try socket(.pair) }
    func makeDealer() throws -> LibZMQPerfSocket { try socket(.dealer) }

    func makeRouter() throws -> LibZMQPerfSocket {
        let socket = try socket(.router, monitored: .handshakeSucceeded)
        try socket.socket.set(.routerIsMandatory, 1)
        return socket
    }

    func makePublisher() throws -> LibZMQPerfSocket {
        let socket = try socket(.publisher)
        try socket.socket.set(.publisherIsLossless, 1)
        return socket
    }

    /// An XPUB, because only that can count its subscribers.
    func makeCountingPublisher() throws -> LibZMQPerfSocket {
        let socket = try socket(.xPublisher, monitored: .disconnected)
        try socket.socket.set(.publisherIsLossless, 1)
        try socket.socket.set(.xPublisherIsVerbose, 1)
        return socket
    }

    func makeSubscriber() throws -> LibZMQPerfSocket { try socket(.subscriber) }

    func makeProxy(
        _ frontend: LibZMQPerfSocket,
        _ backend: LibZMQPerfSocket
    ) -> LibZMQProxy {
        LibZMQProxy(frontend: frontend, backend: backend, context: context)
    }

    func makePoller(_ sockets: [LibZMQPerfSocket]) -> LibZMQPoller {
        LibZMQPoller(set: LibZMQ.PollSet(sockets.map(\.socket), of: context.library))
    }

    func shutDown() throws { try context.terminate() }

    private func encrypt(_ socket: LibZMQ.Socket) throws {
        switch limits.encryption {
        case nil: return
        case .server:
            try socket.set(.curveServer, 1)
            try socket.set(.curveSecretKey, CurveKeys.server().secretKey.z85)
        case .client:
            let keys = try CurveKeys.client()
            try socket.set(.curveServerKey, CurveKeys.server().publicKey.z85)
            try socket.set(.curvePublicKey, keys.publicKey.z85)
            try socket.set(.curveSecretKey, keys.secretKey.z85)
        }
    }

    private func socket(
        _ kind: LibZMQ.Kind,
        monitored event: LibZMQ.MonitorEvents? = nil
    ) throws -> LibZMQPerfSocket {
        let socket = try context.socket(kind)
        try socket.set(.linger, limits.discardsUnsent ? 0 : -1)
        if let mark = limits.highWaterMark {
            try socket.set(.sendHighWaterMark, mark)
            try socket.set(.receiveHighWaterMark, mark)
        }
        if let backlog = limits.backlog { try socket.set(.backlog, backlog) }
        try encrypt(socket)
        let monitor = try event.map { try LibZMQMonitor($0, of: socket, in: context) }
        return try LibZMQPerfSocket(socket: socket, monitor: monitor)
    }
}
