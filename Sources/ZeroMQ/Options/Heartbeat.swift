/// Probing of a connection by ZeroMQ itself: a PING now and then, and a limit on silence.
///
/// A peer that is gone without a word is detected within `interval` and `timeout` together. Every
/// byte from the peer shows that it is alive, not only the answer to a PING.
public struct Heartbeat: Hashable, Sendable {
    /// Time between two PINGs.
    ///
    /// C: `ZMQ_HEARTBEAT_IVL`. 1 ms to 2³¹ − 1 ms.
    public var interval: Duration

    /// Silence after a PING for which the connection is given up; nil is as long as `interval`.
    ///
    /// C: `ZMQ_HEARTBEAT_TIMEOUT`. Default nil. 1 ms to 2³¹ − 1 ms.
    public var timeout: Duration?

    /// Silence from this side after which the peer closes; nil leaves that to the peer.
    ///
    /// C: `ZMQ_HEARTBEAT_TTL`. Default nil. 100 ms to 65.5 s, counted in tenths of a second. That
    /// is all that libzmq can take: it multiplies the number in 16 bits.
    public var timeToLive: Duration?

    /// Probes every `interval`.
    public init(interval: Duration, timeout: Duration? = nil, timeToLive: Duration? = nil) {
        self.interval = interval
        self.timeout = timeout
        self.timeToLive = timeToLive
    }
}
