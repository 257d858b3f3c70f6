import Testing
import ZeroMQ

/// An option: what it is unless it is set, and something else, which it keeps once it is set.
struct OptionValue: Sendable, CustomTestStringConvertible {
    let name: String
    let isAtDefault: @Sendable () -> Bool
    let keepsAnother: @Sendable () -> Bool

    var testDescription: String { name }

    /// One of `SocketOptions`, in a value and in a socket.
    static func option<Value: Equatable & Sendable>(
        _ name: String,
        _ path: WritableKeyPath<SocketOptions, Value> & Sendable,
        _ usual: Value,
        _ other: Value
    ) -> OptionValue {
        OptionValue(name: name) {
            let socket = DealerSocket(context: Context())
            return SocketOptions()[keyPath: path] == usual
                && socket.options[keyPath: path] == usual
        } keepsAnother: {
            let socket = DealerSocket(context: Context())
            socket.options[keyPath: path] = other
            return socket.options[keyPath: path] == other
        }
    }

    /// A property of a type of socket, which acts at once.
    static func property<S: Socket, Value: Equatable & Sendable>(
        _ name: String,
        _ path: ReferenceWritableKeyPath<S, Value> & Sendable,
        _ usual: Value,
        _ other: Value,
        of make: @escaping @Sendable (Context) -> S
    ) -> OptionValue {
        OptionValue(name: name) {
            make(Context())[keyPath: path] == usual
        } keepsAnother: {
            let socket = make(Context())
            socket[keyPath: path] = other
            return socket[keyPath: path] == other
        }
    }

    /// One of `ContextOptions`.
    static func context<Value: Equatable & Sendable>(
        _ name: String,
        _ path: WritableKeyPath<ContextOptions, Value> & Sendable,
        _ usual: Value,
        _ other: Value
    ) -> OptionValue {
        OptionValue(name: name) {
            Context().options[keyPath: path] == usual
        } keepsAnother: {
            var options = ContextOptions()
            options[keyPath: path] = other
            return Context(options: options).options[keyPath: path] == other
        }
    }
}

@Suite("Every option has its default, and keeps what it is set to")
struct OptionValueTests {
    @Test("of a socket", arguments: ofSockets)
    func socket(option: OptionValue) {
        #expect(option.isAtDefault())
        #expect(option.keepsAnother())
    }

    @Test("of messages and peers", arguments: ofMessages)
    func messages(option: OptionValue) {
        #expect(option.isAtDefault())
        #expect(option.keepsAnother())
    }

    @Test("of a type of socket, or of a context", arguments: ofTypes)
    func type(option: OptionValue) {
        #expect(option.isAtDefault())
        #expect(option.keepsAnother())
    }

    static let ofSockets: [OptionValue] = [
        .option("ioThreadAffinity", \.ioThreadAffinity, 0, 1),
        .option("backlog", \.backlog, 100, 1),
        .option("bindToDevice", \.bindToDevice, nil, "lo"),
        .option("busyPoll", \.busyPoll, nil, .microseconds(1)),
        .option("congestionControl", \.congestionControl, .automatic, .system),
        .option("connectTimeout", \.connectTimeout, nil, .seconds(1)),
        .option("handshakeTimeout", \.handshakeTimeout, .seconds(30), nil),
        .option("heartbeat", \.heartbeat, nil, Heartbeat(interval: .seconds(1))),
        .option("ipv6", \.ipv6, false, true),
        .option("listeningDescriptor", \.listeningDescriptor, nil, 3),
        .option("maximumUnfinishedHandshakes", \.maximumUnfinishedHandshakes, 256, 1),
        .option("maximumMessageParts", \.maximumMessageParts, 1_000_000, 1),
        .option("packetPriority", \.packetPriority, nil, 6),
        .option(
            "reconnect",
            \.reconnect,
            .backoff(
                from: .milliseconds(100),
                upTo: .seconds(2),
                afterRefusal: .seconds(30)
            ),
            .never
        ),
        .option("reconnectStops", \.reconnectStops, [], .handshakeFailed),
        .option("receiveBufferSize", \.receiveBufferSize, nil, 1),
        .option("sendBufferSize", \.sendBufferSize, nil, 1),
        .option("socksProxy", \.socksProxy, nil, SOCKSProxy(host: "localhost")),
        .option("tcpKeepAlive", \.tcpKeepAlive, TCPKeepAlive(), TCPKeepAlive(isEnabled: true)),
        .option("tcpMaxRetransmit", \.tcpMaxRetransmit, nil, .seconds(1)),
        .option("typeOfService", \.typeOfService, nil, 255),
    ]

    static let ofMessages: [OptionValue] = [
        .option("applicationMetadata", \.applicationMetadata, [:], ["X-A": "1"]),
        .option("authenticationDomain", \.authenticationDomain, "", "domain"),
        .option("authenticator", \.authenticator, nil, .anyoneHoldingTheServersPublicKey),
        .option("connectRoutingID", \.connectRoutingID, nil, "a"),
        .option("disconnectMessage", \.disconnectMessage, nil, "gone"),
        .option("helloMessage", \.helloMessage, nil, "hello"),
        .option("hiccupMessage", \.hiccupMessage, nil, "hiccup"),
        .option("keepsOnlyLatest", \.keepsOnlyLatest, false, true),
        .option("maximumFrameSize", \.maximumFrameSize, .unlimited, 1),
        .option("maximumMessageSize", \.maximumMessageSize, .unlimited, 1),
        .option("notifiesStream", \.notifiesStream, true, false),
        .option("probesRouter", \.probesRouter, false, true),
        .option("queuesOnlyToConnectedPeers", \.queuesOnlyToConnectedPeers, false, true),
        .option("routerNotices", \.routerNotices, [], .connected),
        .option("routingID", \.routingID, Frame(), Frame([1])),
        .option("security", \.security, .none, .plainServer),
    ]

    static let ofTypes: [OptionValue] = [
        .property("linger", \.linger, .wait(upTo: .seconds(30)), .discard, of: PushSocket.init),
        .property("sendHighWaterMark", \.sendHighWaterMark, 1000, .unlimited, of: PushSocket.init),
        .property("receiveHighWaterMark", \.receiveHighWaterMark, 1000, 1, of: PullSocket.init),
        .property("sendTimeout", \.sendTimeout, nil, .seconds(1), of: PushSocket.init),
        .property("receiveTimeout", \.receiveTimeout, nil, .seconds(1), of: PullSocket.init),
        .property("describesMessages", \.describesMessages, false, true, of: PullSocket.init),
        .property("isCorrelated", \.isCorrelated, false, true, of: RequestSocket.init),
        .property("isRelaxed", \.isRelaxed, false, true, of: RequestSocket.init),
        .property("isMandatory", \.isMandatory, false, true, of: RouterSocket.init),
        .property("allowsHandover", \.allowsHandover, false, true, of: RouterSocket.init),
        .property("isLossless", \.isLossless, false, true, of: PublisherSocket.init),
        .property("welcomeMessage", \.welcomeMessage, nil, "welcome", of: PublisherSocket.init),
        .property("invertsMatching", \.invertsMatching, false, true, of: PublisherSocket.init),
        .property("invertsMatching", \.invertsMatching, false, true, of: SubscriberSocket.init),
        .property("notices", \.notices, .changes, .everything, of: XPublisherSocket.init),
        .property("isManual", \.isManual, false, true, of: XPublisherSocket.init),
        .property(
            "forwardsEveryCancellation",
            \.forwardsEveryCancellation,
            false,
            true,
            of: XSubscriberSocket.init
        ),
        .context("ioThreads", \.ioThreads, 1, 2),
        .context("maximumSockets", \.maximumSockets, .unlimited, 1),
        .context("maximumAuthentications", \.maximumAuthentications, 256, 1),
        .context("threadNamePrefix", \.threadNamePrefix, "zmq", "mine"),
        .context("threadAffinity", \.threadAffinity, [], [0]),
        .context("threadScheduling", \.threadScheduling, .inherited, .batch),
        .context("spinning", \.spinning, .never, .adaptive),
        .context("socketDefaults", \.socketDefaults, .default, .untrustedNetwork),
        .context("defaultLinger", \.defaultLinger, .wait(upTo: .seconds(30)), .discard),
    ]
}
