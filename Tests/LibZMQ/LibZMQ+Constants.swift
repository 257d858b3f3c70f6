extension LibZMQ {
    /// The stable socket types, by the numbers of the C header.
    package enum Kind: Int32, CaseIterable, Sendable {
        case pair = 0
        case publisher = 1
        case subscriber = 2
        case request = 3
        case reply = 4
        case dealer = 5
        case router = 6
        case pull = 7
        case push = 8
        case xPublisher = 9
        case xSubscriber = 10
        case stream = 11
    }

    /// The socket options that tests and benchmarks use, by the numbers of the C header.
    package enum Option: Int32, CaseIterable, Sendable {
        case routingID = 5
        case subscribe = 6
        case unsubscribe = 7
        case sendBufferSize = 11
        case receiveBufferSize = 12
        case receiveMore = 13
        case fileDescriptor = 14
        case events = 15
        case kind = 16
        case linger = 17
        case reconnectInterval = 18
        case backlog = 19
        case maximumReconnectInterval = 21
        case maximumMessageSize = 22
        case sendHighWaterMark = 23
        case receiveHighWaterMark = 24
        case receiveTimeout = 27
        case sendTimeout = 28
        case lastEndpoint = 32
        case routerIsMandatory = 33
        case tcpKeepAlive = 34
        case immediate = 39
        case xPublisherIsVerbose = 40
        case ipv6 = 42
        case mechanism = 43
        case plainServer = 44
        case plainUsername = 45
        case plainPassword = 46
        case curveServer = 47
        case curvePublicKey = 48
        case curveSecretKey = 49
        case curveServerKey = 50
        case probesRouter = 51
        case requestIsCorrelated = 52
        case requestIsRelaxed = 53
        case conflate = 54
        case zapDomain = 55
        case routerAllowsHandover = 56
        case connectRoutingID = 61
        case handshakeInterval = 66
        case publisherIsLossless = 69
        case xPublisherIsManual = 71
        case welcomeMessage = 72
        case streamNotifies = 73
        case invertsMatching = 74
        case heartbeatInterval = 75
        case heartbeatTimeToLive = 76
        case heartbeatTimeout = 77
        case xPublisherIsVerboser = 78
        case connectTimeout = 79
    }

    /// The context options that tests and benchmarks use.
    package enum ContextOption: Int32, Sendable {
        case ioThreads = 1
        case maximumSockets = 2
    }

    /// How a single send or receive behaves.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: Int32

        @inlinable
        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// Fail with `tryAgain` rather than wait.
        package static let doNotWait = Flags(rawValue: 1)
        /// More frames of the same message follow.
        package static let sendMore = Flags(rawValue: 2)
    }

    /// What a monitored socket reports, by the bits of the C header.
    package struct MonitorEvents: OptionSet, Sendable {
        package let rawValue: Int32

        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let connected = MonitorEvents(rawValue: 0x0001)
        package static let connectDelayed = MonitorEvents(rawValue: 0x0002)
        package static let connectRetried = MonitorEvents(rawValue: 0x0004)
        package static let listening = MonitorEvents(rawValue: 0x0008)
        package static let accepted = MonitorEvents(rawValue: 0x0020)
        package static let closed = MonitorEvents(rawValue: 0x0080)
        package static let disconnected = MonitorEvents(rawValue: 0x0200)
        package static let handshakeSucceeded = MonitorEvents(rawValue: 0x1000)
        package static let handshakeFailedProtocol = MonitorEvents(rawValue: 0x2000)
    }
}
