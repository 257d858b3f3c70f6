/// A socket of a library under measurement.
protocol PerfSocket: Sendable {
    /// Listens at an endpoint and returns it resolved.
    func bind(_ endpoint: String) throws -> String
    func connect(_ endpoint: String) throws
    /// Gives the socket back; what is unsent is sent first, however long that takes.
    func close()
}

/// A socket that sends copies of a buffer.
protocol PerfSender: PerfSocket {
    func send(copying bytes: UnsafeRawBufferPointer) throws
    /// Sends a message of so many frames, each of them a copy of its own.
    func send(copying bytes: UnsafeRawBufferPointer, frames: Int) throws
    /// Closes in such a way that so many peers receive everything.
    func closeWhenDelivered(to peers: Int) throws
}

/// A socket that receives.
protocol PerfReceiver: PerfSocket {
    /// Takes the next message, of one frame, and gives `body` its bytes, where the library keeps
    /// them.
    func receive<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R
    /// Takes the next message and gives `body` the bytes of each of its frames.
    func receiveFrames(_ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// A socket that knows how many peers it has.
protocol PerfListener: PerfSocket {
    /// Waits until so many peers are connected. Only once.
    func waitForPeers(_ count: Int) throws
}

/// A socket that answers the peer that asked.
protocol PerfRouter: PerfListener {
    /// Takes the next message and sends its sender a copy of what `body` makes of it.
    func answer(_ body: (UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer) throws
}

/// A socket that publishes and knows its subscribers.
protocol PerfPublisher: PerfSender {
    func waitForSubscribers(_ count: Int) throws
}

/// A socket that receives what begins with its topics.
protocol PerfSubscriber: PerfReceiver {
    func subscribe(_ topic: [UInt8]) throws
}

/// Moves messages between two sockets on the thread that runs it.
protocol PerfProxy: Sendable {
    /// Runs until it is stopped.
    func run() throws
    /// Stops it, when no other socket is needed any more.
    func stop() throws
}

/// Waits for many sockets.
protocol PerfPoller {
    /// Waits until something can be received, and returns at how many sockets.
    func wait() throws -> Int
}
