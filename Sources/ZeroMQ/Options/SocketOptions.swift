public enum Limit: Hashable, Sendable, ExpressibleByIntegerLiteral { case unlimited, count(Int); public init(integerLiteral v: Int) { self = .count(v) } }
public enum Linger: Hashable, Sendable { case discard, wait(upTo: Duration), waitForever }
public enum ReconnectPolicy: Hashable, Sendable { case backoff(from: Duration, upTo: Duration), never }
public struct SocketOptions: Sendable, Hashable {
    public init() {}
    public var routingID: [UInt8] = []
    public var connectRoutingID: [UInt8]?
    public var reconnect = ReconnectPolicy.backoff(from: .milliseconds(100), upTo: .seconds(30))
    public var handshakeTimeout: Duration? = .seconds(30)
    public var connectTimeout: Duration?
    public var maximumMessageSize = Limit.unlimited
    public var maximumFrameSize = Limit.unlimited
    public var backlog = 100
    public var ipv6 = false
    public var maximumUnfinishedHandshakes = 256
    public var probesRouter = false
    public var notifiesStream = true
    func validate() throws(ZeroMQError) {}
}
