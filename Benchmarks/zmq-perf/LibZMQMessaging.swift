internal import LibZMQ

/// The real libzmq, with the calls that serve it best.
struct LibZMQMessaging: PerfMessaging {
    private let context: LibZMQ.Context
    private let limits: PerfLimits

    init(limits: PerfLimits) throws {
        context = try LibZMQ.load().makeContext()
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

    /// An XPUB, because only that can count its subscribers.
    func makePublisher() throws -> LibZMQPerfSocket {
        let socket = try socket(.xPublisher, monitored: .disconnected)
        try socket.socket.set(.publisherIsLossless, 1)
        try socket.socket.set(.xPublisherIsVerbose, 1)
        return socket
    }

    func makeSubscriber() throws -> LibZMQPerfSocket {
        let socket = try socket(.subscriber)
        try socket.socket.set(.subscribe, bytes: [])
        return socket
    }

    func shutDown() throws { try context.terminate() }

    private func socket(
        _ kind: LibZMQ.Kind,
        monitored event: LibZMQ.MonitorEvents? = nil
    ) throws -> LibZMQPerfSocket {
        let socket = try context.socket(kind)
        try socket.set(.linger, -1)
        if let mark = limits.highWaterMark {
            try socket.set(.sendHighWaterMark, mark)
            try socket.set(.receiveHighWaterMark, mark)
        }
        if let backlog = limits.backlog { try socket.set(.backlog, backlog) }
        let monitor = try event.map { try LibZMQMonitor($0, of: socket, in: context) }
        return try LibZMQPerfSocket(socket: socket, monitor: monitor)
    }
}

/// One socket of libzmq; the driver only uses the calls that its type has.
struct LibZMQPerfSocket: PerfPublisher, PerfReceiver, @unchecked Sendable {
    // Sendable because a driver uses each socket, and its message, on one thread only.
    let socket: LibZMQ.Socket
    private let message: LibZMQ.MessageBuffer
    private let monitor: LibZMQMonitor?

    init(socket: LibZMQ.Socket, monitor: LibZMQMonitor?) throws {
        self.socket = socket
        self.monitor = monitor
        message = try LibZMQ.MessageBuffer(socket.library)
    }

    func bind(_ endpoint: String) throws -> String { try socket.bind(endpoint) }
    func connect(_ endpoint: String) throws { try socket.connect(endpoint) }

    func close() {
        socket.close()
        monitor?.close()
    }

    func send(copying bytes: UnsafeRawBufferPointer) throws { try socket.sendBuffer(bytes) }

    /// Receives into one message again and again: nothing is copied and nothing is set up anew.
    func receive<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try socket.receive(into: message)
        return try body(message.bytes)
    }

    /// Counts the subscription messages that an XPUB receives.
    func waitForSubscribers(_ count: Int) throws {
        var subscribers = 0
        while subscribers < count {
            subscribers += try receive { $0.first == 1 ? 1 : 0 }
        }
    }

    /// Waits for the receivers to leave before it closes.
    ///
    /// When libzmq closes a connection, what it has in hand is lost if the kernel has no room.
    func closeWhenDelivered(to peers: Int) throws {
        try monitor?.wait(for: peers, timeout: .seconds(10))
        close()
    }

    /// Counts the handshakes that the socket's monitor reports.
    func bindCountingPeers(_ endpoint: String) throws -> (_ atLeast: Int) throws -> Void {
        _ = try socket.bind(endpoint)
        return { try monitor?.wait(for: $0, timeout: nil) }
    }
}
