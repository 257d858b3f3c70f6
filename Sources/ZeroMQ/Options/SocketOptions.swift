/// Settings of a socket that the next `bind` or `connect` copies; earlier ones keep theirs.
///
/// A value that cannot take effect is refused by that `bind` or `connect`, with an error that
/// names the option. Times are 1 ms to 2³¹ − 1 ms (24 days), as far as libzmq's reach.
public struct SocketOptions: Sendable, Hashable {
    /// Every option at its default.
    public init() {}

    // MARK: Identity

    /// The name by which a ROUTER at the other end knows this socket; empty lets it choose one.
    ///
    /// `ZMQ_ROUTING_ID`. Octets; default empty; at most 255, the first not zero. Sent by REQ,
    /// DEALER and ROUTER in the handshake of every connection made after it is set.
    public var routingID: [UInt8] = []

    /// The name under which this ROUTER or STREAM socket knows the peer it connects to next.
    ///
    /// `ZMQ_CONNECT_ROUTING_ID`. Octets; default nil, the peer's own name; 1 to 255, the first not
    /// zero. Copied by the next connect.
    public var connectRoutingID: [UInt8]?

    /// Whether an empty message goes to every new peer, so that a ROUTER there learns of us.
    ///
    /// `ZMQ_PROBE_ROUTER`. Default false. For REQ, DEALER and ROUTER.
    public var probesRouter = false

    /// Whether a STREAM socket delivers an empty message when a peer comes and when it goes.
    ///
    /// `ZMQ_STREAM_NOTIFY`. Default true.
    public var notifiesStream = true

    // MARK: Connecting

    /// When to try again after an attempt has failed or a connection was lost.
    ///
    /// `ZMQ_RECONNECT_IVL`, `ZMQ_RECONNECT_IVL_MAX`. Default 100 ms, growing up to 30 s. The first
    /// time must not exceed the second.
    public var reconnect = ReconnectPolicy.backoff(from: .milliseconds(100), upTo: .seconds(30))

    /// How long one attempt to connect may take; nil leaves it to the system.
    ///
    /// `ZMQ_CONNECT_TIMEOUT`. Default nil. For tcp.
    public var connectTimeout: Duration?

    /// How long a peer may take from the connection to the end of the handshake; nil is for ever.
    ///
    /// `ZMQ_HANDSHAKE_IVL`. Default 30 s.
    public var handshakeTimeout: Duration? = .seconds(30)

    /// Whether messages are queued only for peers whose handshake is complete.
    ///
    /// `ZMQ_IMMEDIATE`. Default false: a connecting socket queues for a peer before it is there,
    /// and keeps the queue while the connection is lost. True is refused: it is not there yet.
    public var queuesOnlyToConnectedPeers = false

    // MARK: Listening

    /// Connections that the kernel completes in advance of their being accepted.
    ///
    /// `ZMQ_BACKLOG`. Default 100; 1 to 2³¹ − 1, which the system may lower. Copied by bind.
    public var backlog = 100

    /// Accepted connections that may be in their handshake at a time; beyond it the oldest closes.
    ///
    /// No C constant. Default 256; at least 1. Per listener; copied by bind.
    public var maximumUnfinishedHandshakes = 256

    // MARK: Messages

    /// Octets that all frames of one received message may have together.
    ///
    /// No C constant. Default unlimited. A peer that sends more is disconnected.
    public var maximumMessageSize = Limit.unlimited

    /// Octets that one received frame may have.
    ///
    /// `ZMQ_MAXMSGSIZE`. Default unlimited. A peer that sends more is disconnected before the
    /// frame is received.
    public var maximumFrameSize = Limit.unlimited

    /// Whether a queue holds nothing but the newest message.
    ///
    /// `ZMQ_CONFLATE`. Default false. For PUSH, PULL, PUB, SUB and DEALER, with one-frame messages.
    /// True is refused: it is not there yet.
    public var keepsOnlyLatest = false

    // MARK: Network

    /// Whether names are looked up as IPv6 as well, and `*` listens on IPv6 with IPv4 mapped in.
    ///
    /// `ZMQ_IPV6`. Default false.
    public var ipv6 = false

    /// Octets the kernel may hold on the way out; nil leaves it to the system.
    ///
    /// `ZMQ_SNDBUF`. Default nil; 1 to 2³¹ − 1, which the system may change.
    public var sendBufferSize: Int?

    /// Octets the kernel may hold on the way in; nil leaves it to the system.
    ///
    /// `ZMQ_RCVBUF`. Default nil; 1 to 2³¹ − 1, which the system may change.
    public var receiveBufferSize: Int?

    /// The type-of-service octet of outgoing packets; nil leaves it to the system.
    ///
    /// `ZMQ_TOS`. Default nil; 0 to 255. For tcp.
    public var typeOfService: Int?

    /// Probing of idle connections by the kernel.
    ///
    /// `ZMQ_TCP_KEEPALIVE`, `ZMQ_TCP_KEEPALIVE_IDLE`, `ZMQ_TCP_KEEPALIVE_INTVL`,
    /// `ZMQ_TCP_KEEPALIVE_CNT`. Default as the system has it.
    public var tcpKeepAlive = TCPKeepAlive()

    /// How long sent data may go unacknowledged until the kernel ends the connection.
    ///
    /// `ZMQ_TCP_MAXRT`. Default nil, the system's choice.
    public var tcpMaxRetransmit: Duration?

    /// The network interface that packets must use; nil lets them use any.
    ///
    /// `ZMQ_BINDTODEVICE`. Default nil; 1 to 15 octets. For tcp; the system may ask for privileges.
    public var bindToDevice: String?
}

extension SocketOptions {
    /// The defaults, with frames and messages limited to 16 MiB: for networks anybody may use.
    public static var untrustedNetwork: SocketOptions {
        var options = SocketOptions()
        options.maximumFrameSize = .count(16 << 20)
        options.maximumMessageSize = .count(16 << 20)
        return options
    }
}
