/// A messaging library under measurement.
///
/// The drivers are generic over this and compiled once for each library, so that both run the very
/// same code around their calls.
protocol PerfMessaging: Sendable {
    associatedtype Push: PerfSender
    associatedtype Pull: PerfReceiver
    associatedtype Request: PerfSender & PerfReceiver
    associatedtype Reply: PerfSender & PerfReceiver
    associatedtype Publisher: PerfPublisher
    associatedtype Subscriber: PerfReceiver

    /// Makes the library ready for as many sockets; `limits` is for every one of them.
    init(limits: PerfLimits) throws

    func makePush() throws -> Push
    func makePull() throws -> Pull
    func makeRequest() throws -> Request
    func makeReply() throws -> Reply
    /// Makes a publisher that waits rather than drops.
    func makePublisher() throws -> Publisher
    /// Makes a subscriber to everything.
    func makeSubscriber() throws -> Subscriber

    /// Ends the library when all sockets are closed, after everything unsent was sent.
    func shutDown() throws
}

/// What every socket of a run is told before it binds or connects.
struct PerfLimits: Sendable {
    /// The high-water mark of both directions; nil is the library's own, which is 1000 for both.
    var highWaterMark: Int32?
    /// How many connections may wait to be accepted; nil is the library's own.
    var backlog: Int32?
}

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
    /// Closes in such a way that so many peers receive everything.
    func closeWhenDelivered(to peers: Int) throws
}

/// A socket that receives messages of one frame.
protocol PerfReceiver: PerfSocket {
    /// Takes the next message and gives `body` its octets, where the library keeps them.
    func receive<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R
    /// Binds and returns a call that waits until so many peers are connected.
    func bindCountingPeers(_ endpoint: String) throws -> (_ atLeast: Int) throws -> Void
}

/// A socket that publishes and knows its subscribers.
protocol PerfPublisher: PerfSender {
    func waitForSubscribers(_ count: Int) throws
}
