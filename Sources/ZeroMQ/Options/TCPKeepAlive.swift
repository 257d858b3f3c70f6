/// Probing of idle TCP connections by the kernel; nil leaves the system's setting.
///
/// The times are in whole seconds; a part of a second counts as a whole one.
public struct TCPKeepAlive: Hashable, Sendable {
    /// Whether idle connections are probed at all.
    ///
    /// `ZMQ_TCP_KEEPALIVE`. Without `true` here the other three have no effect.
    public var isEnabled: Bool?

    /// Silence before the first probe.
    ///
    /// `ZMQ_TCP_KEEPALIVE_IDLE`. 1 to 32,767 seconds.
    public var idle: Duration?

    /// Time between two probes.
    ///
    /// `ZMQ_TCP_KEEPALIVE_INTVL`. 1 to 32,767 seconds.
    public var interval: Duration?

    /// Probes without an answer after which the connection counts as broken.
    ///
    /// `ZMQ_TCP_KEEPALIVE_CNT`. 1 to 127.
    public var count: Int?

    /// Everything as the system has it, unless said otherwise.
    public init(
        isEnabled: Bool? = nil,
        idle: Duration? = nil,
        interval: Duration? = nil,
        count: Int? = nil
    ) {
        self.isEnabled = isEnabled
        self.idle = idle
        self.interval = interval
        self.count = count
    }
}
