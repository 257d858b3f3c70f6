internal import ZeroMQ

/// One socket of ours, with the abilities that its type has.
struct NativeSocket<S: Socket>: PerfListener, @unchecked Sendable {
    // Sendable because a driver receives from each socket on one thread at a time.
    let socket: S
    /// What the last message was received into. Behind a pointer, like libzmq's: a variable of a
    /// loop would do, if the loop knew of it.
    let message: UnsafeMutablePointer<Message>

    init(socket: S) {
        self.socket = socket
        message = .allocate(capacity: 1)
        message.initialize(to: Message())
    }

    func bind(_ endpoint: String) throws -> String { try socket.bind(endpoint).description }
    func connect(_ endpoint: String) throws { try socket.connect(endpoint) }

    /// What `message` holds is given back with the process: nobody tells when the last driver ends.
    func close() { socket.close() }

    func waitForPeers(_ count: Int) throws { try socket.waitForPeers(atLeast: count) }
}

extension NativeSocket: PerfSender where S: SendingSocket {
    func send(copying bytes: UnsafeRawBufferPointer) throws {
        try socket.send(copying: bytes)
    }

    func send(copying bytes: UnsafeRawBufferPointer, frames: Int) throws {
        try socket.send(Message(frames: (0..<frames).map { _ in Frame(copying: bytes) }))
    }

    func closeWhenDelivered(to peers: Int) { close() }
}

extension NativeSocket: PerfReceiver where S: ReceivingSocket {
    /// Receives into one message again and again, as is done with libzmq.
    func receive<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try socket.receive(into: &message.pointee)
        return try message.pointee.withUnsafeBytes(body)
    }

    func receiveFrames(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        for frame in try socket.receive() { try frame.withUnsafeBytes(body) }
    }
}

extension NativeSocket: PerfRouter where S == RouterSocket {
    func answer(_ body: (UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer) throws {
        try socket.receive(into: &message.pointee)
        let reply = try message.pointee[1].withUnsafeBytes { try body($0) }
        try socket.send(copying: reply, to: message.pointee[0])
    }
}

extension NativeSocket: PerfPublisher where S == PublisherSocket {
    func waitForSubscribers(_ count: Int) throws {
        try socket.waitForSubscribers(atLeast: count)
    }
}

extension NativeSocket: PerfSubscriber where S == SubscriberSocket {
    func subscribe(_ topic: [UInt8]) throws { try socket.subscribe(Frame(topic)) }
}
