/// Which comings and goings a ROUTER tells its application, as an empty message from that peer.
///
/// C: `ZMQ_ROUTER_NOTIFY`.
public struct RouterNotices: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A peer has completed its handshake. C: `ZMQ_NOTIFY_CONNECT`.
    public static let connected = RouterNotices(rawValue: 1)
    /// A peer's connection has ended. C: `ZMQ_NOTIFY_DISCONNECT`.
    public static let disconnected = RouterNotices(rawValue: 2)
}
