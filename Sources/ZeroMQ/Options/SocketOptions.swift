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
    /// `ZMQ_ROUTING_ID`. Bytes; default empty; at most 255, the first not zero. Sent by REQ,
    /// DEALER and ROUTER in the handshake of every connection made after it is set.
    public var routingID = Frame()

    /// The name under which this ROUTER or STREAM socket knows the peer it connects to next.
    ///
    /// `ZMQ_CONNECT_ROUTING_ID`. Bytes; default nil, the peer's own name; 1 to 255, the first not
    /// zero. For ROUTER and STREAM. Used up by the next connect, which sets it to nil again. The
    /// name is for the peer at that endpoint: messages for it may be sent at once and wait
    /// for the first peer there; after a loss it names the next one, and nobody until then.
    public var connectRoutingID: Frame?

    /// Whether an empty message goes to every new peer, so that a ROUTER there learns of us.
    ///
    /// `ZMQ_PROBE_ROUTER`. Default false. For REQ, DEALER and ROUTER.
    public var probesRouter = false

    /// What this socket tells every peer about itself in the handshake, by name.
    ///
    /// `ZMQ_METADATA`. Default empty. Names begin with `X-` and have at most 255 bytes; values
    /// are opaque and not empty. The peer finds them in the metadata of our messages. Copied by
    /// the next bind or connect.
    public var applicationMetadata: [String: Frame] = [:]

    /// Whether a STREAM socket delivers an empty message when a peer comes and when it goes.
    ///
    /// `ZMQ_STREAM_NOTIFY`. Default true. For STREAM.
    public var notifiesStream = true

    /// Whether a ROUTER delivers an empty message when a peer comes and when it goes.
    ///
    /// `ZMQ_ROUTER_NOTIFY`. Default none. For ROUTER.
    public var routerNotices: RouterNotices = []

    // MARK: Messages that the socket makes by itself

    /// The first message on every new connection, and after every reconnect.
    ///
    /// `ZMQ_HELLO_MSG`. Default nil. For DEALER, ROUTER, PAIR and PUSH.
    public var helloMessage: Message?

    /// A message delivered here when an accepted connection ends.
    ///
    /// `ZMQ_DISCONNECT_MSG`. Default nil. For ROUTER, DEALER, PAIR and PULL. A ROUTER puts
    /// the peer's routing id before it.
    public var disconnectMessage: Message?

    /// A message delivered here when a connection that this socket made is lost.
    ///
    /// `ZMQ_HICCUP_MSG`. Default nil. For ROUTER, DEALER, PAIR and PULL.
    public var hiccupMessage: Message?

    // MARK: Security

    /// How connections are protected, and which role this side has in that.
    ///
    /// `ZMQ_MECHANISM` and the options of each mechanism. Default `.none`. Copied by bind and
    /// connect.
    public var security = SocketSecurity.none

    /// Who decides whether a peer may enter; nil refuses every client of a PLAIN or CURVE server.
    ///
    /// No C constant. Default nil. Without security only a domain or an authenticator makes a
    /// difference: the authenticator then judges addresses, on connecting sockets as well.
    public var authenticator: Authenticator?

    /// The name under which the authenticator learns which of its rules apply.
    ///
    /// `ZMQ_ZAP_DOMAIN`. Default empty; at most 255 bytes. With a domain and without an
    /// authenticator everybody is refused.
    public var authenticationDomain = ""

    /// Whether calls throw while a server refuses this socket's credentials.
    ///
    /// No C constant. Default false: being refused is an event, and calls wait for a change of
    /// mind as for a server that is not there. If true, from the refusal on every send throws
    /// `authenticationRefused`, and so does every receive that finds no message, every wait for
    /// peers or subscribers and every flush that would have to wait; those that wait already are
    /// woken. The socket goes on trying; calls work again once the server lets it in, or after
    /// `disconnect`. A server that asks to come back later (300), or that says nothing, refuses
    /// nobody. Copied by connect; over tcp and ipc.
    public var throwsWhenRefused = false

    // MARK: Connecting

    /// When to try again after an attempt has failed or a connection was lost.
    ///
    /// `ZMQ_RECONNECT_IVL`, `ZMQ_RECONNECT_IVL_MAX`. Default 100 ms, growing up to 2 s, and up to
    /// 30 s if the peer refuses this side. The first time must not exceed the second.
    public var reconnect = ReconnectPolicy.backoff(
        from: .milliseconds(100),
        upTo: .seconds(2),
        afterRefusal: .seconds(30)
    )

    /// For what reasons to give an endpoint up instead of trying again.
    ///
    /// `ZMQ_RECONNECT_STOP`. Default none. Copied by connect.
    public var reconnectStops: ReconnectStops = []

    /// How long one attempt to connect may take; nil leaves it to the system.
    ///
    /// `ZMQ_CONNECT_TIMEOUT`. Default nil. For tcp.
    public var connectTimeout: Duration?

    /// How long a peer may take from the connection to the end of the handshake; nil is no limit.
    ///
    /// `ZMQ_HANDSHAKE_IVL`. Default 30 s.
    public var handshakeTimeout: Duration? = .seconds(30)

    /// Whether messages are queued only for peers whose handshake is complete.
    ///
    /// `ZMQ_IMMEDIATE`. Default false: a connecting socket queues for a peer before it is there,
    /// and keeps the queue while the connection is lost, unless it sends to one peer alone, as REP,
    /// ROUTER, STREAM and publishers do. If true, sending waits while no peer is
    /// connected, and what is queued for a connection is lost with it. Copied by connect.
    public var queuesOnlyToConnectedPeers = false

    /// Probing of connections by ZeroMQ; nil for none.
    ///
    /// `ZMQ_HEARTBEAT_IVL`, `ZMQ_HEARTBEAT_TIMEOUT`, `ZMQ_HEARTBEAT_TTL`. Default nil.
    public var heartbeat: Heartbeat?

    // MARK: Listening

    /// A descriptor that listens already, for the next bind to use instead of opening one.
    ///
    /// `ZMQ_USE_FD`. Default nil. For tcp and ipc. The socket takes it over and closes it; the
    /// address of the endpoint is not looked at, and a socket file is not removed in the end. Set
    /// it to nil before another bind.
    public var listeningDescriptor: Int32?

    /// Connections that the kernel completes in advance of their being accepted.
    ///
    /// `ZMQ_BACKLOG`. Default 100; 1 to 2³¹ − 1, which the system may lower. Copied by bind.
    public var backlog = 100

    /// Accepted connections that may be in their handshake at a time; beyond it the oldest closes.
    ///
    /// A handshake is never closed in its first 200 ms; until then newcomers wait to be accepted.
    /// As many connections again may wait for an authenticator's answer without counting. Those
    /// beyond that count too, and are closed last.
    ///
    /// No C constant. Default 256; at least 1. Per listener; copied by bind.
    public var maximumUnfinishedHandshakes = 256

    // MARK: Messages

    /// Bytes that all frames of one received message may have together.
    ///
    /// No C constant. Default unlimited. A peer that sends more is disconnected.
    public var maximumMessageSize = Limit.unlimited

    /// Bytes that one received frame may have.
    ///
    /// `ZMQ_MAXMSGSIZE`. Default unlimited. A peer that sends more is disconnected before the
    /// frame is received.
    public var maximumFrameSize = Limit.unlimited

    /// Parts that one message may have, be it received or sent.
    ///
    /// No C constant. Default 1,000,000; at least 1. A peer that sends more is disconnected; a
    /// longer message of one's own is refused by `send`, with `invalidMessage`, before anything of
    /// it is sent. Parts are counted as they travel, with routing ids and delimiters. An empty part
    /// takes two bytes on the way and 32 in a message that was received. Copied by bind and
    /// connect for what is received; at once for what is sent.
    public var maximumMessageParts = Limit.count(1_000_000)

    /// Whether a queue holds nothing but the newest message.
    ///
    /// `ZMQ_CONFLATE`. Default false. For PUSH, PULL, PUB, SUB and DEALER; high-water marks do not
    /// count then. Sending never waits for room: a newer message takes the place of one that was
    /// not sent or received yet, which is counted as `superseded`. What the system has taken
    /// already is sent all the same.
    public var keepsOnlyLatest = false

    // MARK: Network

    /// Which I/O threads of the context may serve the socket's connections; bit 0 is the first.
    ///
    /// `ZMQ_AFFINITY`. Default 0, any of them. A mask of threads that the context does not have is
    /// refused. Copied by the next bind or connect.
    public var ioThreadAffinity: UInt64 = 0

    /// Whether names are looked up as IPv6 as well, and `*` listens on IPv6 with IPv4 mapped in.
    ///
    /// `ZMQ_IPV6`. Default false.
    public var ipv6 = false

    /// Bytes the kernel may hold on the way out; nil leaves it to the system.
    ///
    /// `ZMQ_SNDBUF`. Default nil; 1 to 2³¹ − 1, which the system may change.
    public var sendBufferSize: Int?

    /// Bytes the kernel may hold on the way in; nil leaves it to the system.
    ///
    /// `ZMQ_RCVBUF`. Default nil; 1 to 2³¹ − 1, which the system may change.
    public var receiveBufferSize: Int?

    /// The type-of-service byte of outgoing packets; nil leaves it to the system.
    ///
    /// `ZMQ_TOS`. Default nil; 0 to 255. For tcp.
    public var typeOfService: Int?

    /// The priority of outgoing packets in the kernel's queues; nil leaves it to the system.
    ///
    /// `ZMQ_PRIORITY`. Default nil; 0 to 6. Higher ones ask for privileges that are not worth it.
    public var packetPriority: Int?

    /// How long the kernel may poll the network device for bytes; nil for not at all.
    ///
    /// `ZMQ_BUSY_POLL`. Default nil; 1 µs to 1 s, in whole microseconds. For tcp; the system may
    /// ask for privileges.
    public var busyPoll: Duration?

    /// Probing of idle connections by the kernel.
    ///
    /// `ZMQ_TCP_KEEPALIVE`, `ZMQ_TCP_KEEPALIVE_IDLE`, `ZMQ_TCP_KEEPALIVE_INTVL`,
    /// `ZMQ_TCP_KEEPALIVE_CNT`. Default as the system has it.
    public var tcpKeepAlive = TCPKeepAlive()

    /// How long sent data may go unacknowledged until the kernel ends the connection.
    ///
    /// `ZMQ_TCP_MAXRT`. Default nil, the system's choice.
    public var tcpMaxRetransmit: Duration?

    /// What decides how fast TCP sends, and whether it paces what stays on this machine.
    ///
    /// No C constant; the system's `TCP_CONGESTION`. Default `.automatic`. For tcp. A name that the
    /// system does not know or does not let this program use is refused by bind and connect. Copied
    /// by the next bind or connect.
    public var congestionControl = CongestionControl.automatic

    /// The network interface that packets must use; nil lets them use any.
    ///
    /// `ZMQ_BINDTODEVICE`. Default nil; 1 to 15 bytes. For tcp; the system may ask for privileges.
    public var bindToDevice: String?

    /// The SOCKS5 proxy through which tcp connections are made; nil for none.
    ///
    /// `ZMQ_SOCKS_PROXY`, `ZMQ_SOCKS_USERNAME`, `ZMQ_SOCKS_PASSWORD`. Default nil. Names are looked
    /// up by the proxy. Copied by connect.
    public var socksProxy: SOCKSProxy?
}

extension SocketOptions {
    /// Every option at its default.
    public static var `default`: SocketOptions { SocketOptions() }

    /// The defaults, with frames and messages limited to 16 MiB and messages to 65,536 parts: for
    /// networks anybody may use.
    public static var untrustedNetwork: SocketOptions {
        var options = SocketOptions()
        options.maximumMessageParts = .count(65_536)
        options.maximumFrameSize = .count(16 << 20)
        options.maximumMessageSize = .count(16 << 20)
        return options
    }
}
