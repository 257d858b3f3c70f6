/// Kernel options of a stream socket; nil leaves the system's default.
package struct DescriptorOptions: Sendable, Equatable {
    /// Bytes that the kernel may buffer for sending.
    package var sendBuffer: Int?
    /// Bytes that the kernel may buffer for receiving.
    package var receiveBuffer: Int?
    /// The type-of-service byte of outgoing packets.
    package var typeOfService: Int?
    /// Probing of idle connections by the kernel.
    package var keepAlive = KeepAlive()
    /// How long sent data may stay unacknowledged before the kernel aborts the connection.
    package var maximumRetransmit: Duration?
    /// The interface that packets must use.
    package var boundDevice: String?
    /// The priority of packets in the kernel's queues.
    package var priority: Int?
    /// How long the kernel polls the device.
    package var busyPoll: Duration?
    /// The algorithm that decides how fast TCP sends.
    package var congestionControl: String?
    /// Whether the system's algorithm may pace connections that stay on this machine.
    package var pacesLocally = false
    /// Whether small packets leave at once instead of waiting for earlier acknowledgements.
    package var noDelay = true
    /// Whether an IPv6 socket refuses IPv4 peers; fixed once it is bound.
    package var ipv6Only: Bool? = false
    /// Whether a listener may take over a port that is still cooling down.
    package var reuseAddress = true

    /// The system's defaults, except that small packets are not delayed.
    package init() {}

    /// The parts of TCP keep-alive; nil leaves the system's default.
    package struct KeepAlive: Sendable, Equatable {
        /// Whether to probe at all.
        package var isEnabled: Bool?
        /// Silence before the first probe.
        package var idle: Duration?
        /// Time between probes.
        package var interval: Duration?
        /// Unanswered probes until the connection counts as broken.
        package var count: Int?

        /// All parts at the system's default.
        package init() {}
    }
}
