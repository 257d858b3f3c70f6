/// Reasons for which a connecting socket gives an endpoint up instead of trying again.
///
/// C: `ZMQ_RECONNECT_STOP`. An endpoint that was given up is reported as `closed` by the events,
/// and what was queued for it is dropped and counted. When none is left, calls that wait throw
/// `notConnected`.
public struct ReconnectStops: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nobody listens there. C: `ZMQ_RECONNECT_STOP_CONN_REFUSED`.
    public static let connectionRefused = ReconnectStops(rawValue: 1)
    /// The handshake failed, or took too long. C: `ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED`.
    public static let handshakeFailed = ReconnectStops(rawValue: 2)
    /// An established connection was lost. C: `ZMQ_RECONNECT_STOP_AFTER_DISCONNECT`.
    public static let afterDisconnect = ReconnectStops(rawValue: 4)
}
