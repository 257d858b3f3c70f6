/// A messaging library under measurement.
///
/// The drivers are generic over this and compiled once for each library, so that both run the very
/// same code around their calls.
protocol PerfMessaging: Sendable {
    associatedtype Push: PerfSender
    associatedtype Pull: PerfReceiver & PerfListener
    associatedtype Request: PerfSender & PerfReceiver
    associatedtype Reply: PerfSender & PerfReceiver
    associatedtype Pair: PerfSender & PerfReceiver
    associatedtype Dealer: PerfSender & PerfReceiver
    associatedtype Router: PerfRouter
    associatedtype Publisher: PerfSender
    associatedtype CountingPublisher: PerfPublisher
    associatedtype Subscriber: PerfSubscriber
    associatedtype Proxy: PerfProxy
    associatedtype Poller: PerfPoller

    /// Makes the library ready for as many sockets; `limits` is for every one of them.
    init(limits: PerfLimits) throws

    func makePush() throws -> Push
    func makePull() throws -> Pull
    func makeRequest() throws -> Request
    func makeReply() throws -> Reply
    func makePair() throws -> Pair
    func makeDealer() throws -> Dealer
    /// Makes a router that waits rather than drops.
    func makeRouter() throws -> Router
    /// Makes a publisher that waits rather than drops.
    func makePublisher() throws -> Publisher
    /// Makes a publisher that waits rather than drops, and knows its subscribers.
    func makeCountingPublisher() throws -> CountingPublisher
    /// Makes a subscriber to nothing yet.
    func makeSubscriber() throws -> Subscriber

    /// Prepares to move messages from a PULL to a PUSH, which the proxy closes in the end.
    func makeProxy(_ frontend: Pull, _ backend: Push) throws -> Proxy
    /// Prepares to move messages between a ROUTER and a DEALER, which the proxy closes in the end.
    func makeProxy(_ frontend: Router, _ backend: Dealer) throws -> Proxy

    /// Prepares to wait for messages at all of these sockets.
    func makePoller(_ sockets: [Pair]) -> Poller

    /// Ends the library when all sockets are closed, after everything unsent was sent.
    func shutDown() throws
}

/// What every socket of a run is told before it binds or connects.
struct PerfLimits: Sendable {
    /// The high-water mark of both directions; nil is the library's own, which is 1000 for both.
    var highWaterMark: Int32?
    /// How many connections may wait to be accepted; nil is the library's own.
    var backlog: Int32?
    /// How many sockets there will be, where more than libzmq's own 1,023 are needed.
    var sockets: Int32?
    /// Whether closing drops what is unsent, because the driver knows that everything has arrived.
    var discardsUnsent = false
    /// The role in CURVE; nil is no encryption.
    var encryption: Encryption?

    enum Encryption {
        case server, client
    }
}
