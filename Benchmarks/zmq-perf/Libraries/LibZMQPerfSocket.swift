internal import LibZMQ

/// One socket of libzmq; the driver only uses the calls that its type has.
struct LibZMQPerfSocket: PerfPublisher, PerfSubscriber, PerfRouter, @unchecked Sendable {
    // Sendable because a driver uses each socket, and its messages, on one thread at a time.
    let socket: LibZMQ.Socket
    private let message: LibZMQ.MessageBuffer
    /// The routing id that came with the message of a router.
    private let sender: LibZMQ.MessageBuffer
    private let monitor: LibZMQMonitor?

    init(socket: LibZMQ.Socket, monitor: LibZMQMonitor?) throws {
        self.socket = socket
        self.monitor = monitor
        message = try LibZMQ.MessageBuffer(socket.library)
        sender = try LibZMQ.MessageBuffer(socket.library)
    }

    func bind(_ endpoint: String) throws -> String { try socket.bind(endpoint) }
    func connect(_ endpoint: String) throws { try socket.connect(endpoint) }

    func close() {
        socket.close()
        monitor?.close()
    }

    func send(copying bytes: UnsafeRawBufferPointer) throws { try socket.sendBuffer(bytes) }

    func send(copying bytes: UnsafeRawBufferPointer, frames: Int) throws {
        for _ in 1..<frames { try socket.sendBuffer(bytes, flags: .sendMore) }
        try socket.sendBuffer(bytes)
    }

    /// Receives into one message again and again: nothing is copied and nothing is set up again.
    func receive<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try socket.receive(into: message)
        return try body(message.bytes)
    }

    func receiveFrames(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        repeat {
            try socket.receive(into: message)
            try body(message.bytes)
        } while message.hasMore
    }

    func answer(_ body: (UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer) throws {
        try socket.receive(into: sender)
        try socket.receive(into: message)
        let reply = try body(message.bytes)
        try socket.sendBuffer(sender.bytes, flags: .sendMore)
        try socket.sendBuffer(reply)
    }

    func subscribe(_ topic: [UInt8]) throws { try socket.set(.subscribe, bytes: topic) }

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
    func waitForPeers(_ count: Int) throws { try monitor?.wait(for: count, timeout: nil) }
}
