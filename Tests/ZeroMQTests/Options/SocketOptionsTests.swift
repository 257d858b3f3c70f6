import Testing
import ZeroMQProtocol

@testable import ZeroMQ

@Suite("SocketOptions")
struct SocketOptionsTests {
    /// A change to the options, and the option that the error must name.
    struct BadValue: Sendable, CustomTestStringConvertible {
        let option: String
        let change: @Sendable (inout SocketOptions) -> Void
        var testDescription: String { option }

        init(_ option: String, _ change: @escaping @Sendable (inout SocketOptions) -> Void) {
            self.option = option
            self.change = change
        }
    }

    @Test("the defaults and the preset for untrusted networks are valid")
    func defaults() throws {
        try SocketOptions().validate()
        try SocketOptions.untrustedNetwork.validate()
        #expect(SocketOptions.untrustedNetwork.maximumFrameSize == 16_777_216)
        #expect(SocketOptions().maximumMessageSize == .unlimited)
    }

    @Test("values at the edges of their ranges are valid")
    func edges() throws {
        var options = SocketOptions()
        options.routingID = Frame([UInt8](repeating: 255, count: 255))
        options.connectRoutingID = Frame([1])
        options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(Int32.max))
        options.handshakeTimeout = nil
        options.maximumFrameSize = 0
        options.maximumMessageSize = .count(.max)
        options.typeOfService = 255
        options.bindToDevice = "interface567890"
        options.tcpKeepAlive = TCPKeepAlive(
            isEnabled: true,
            idle: .milliseconds(1),
            interval: .seconds(32_767),
            count: 127
        )
        try options.validate()
        options.reconnect = .never
        try options.validate()
    }

    @Test(
        "a value that cannot take effect is refused with the name of its option",
        arguments: [
            BadValue("routingID") { $0.routingID = Frame([UInt8](repeating: 1, count: 256)) },
            BadValue("routingID") { $0.routingID = Frame([0, 1]) },
            BadValue("connectRoutingID") { $0.connectRoutingID = "" },
            BadValue("connectRoutingID") { $0.connectRoutingID = Frame([0]) },
            BadValue("connectTimeout") { $0.connectTimeout = .zero },
            BadValue("handshakeTimeout") { $0.handshakeTimeout = .seconds(-1) },
            BadValue("handshakeTimeout") { $0.handshakeTimeout = .seconds(Int64.max) },
            BadValue("tcpMaxRetransmit") { $0.tcpMaxRetransmit = .nanoseconds(1) },
            BadValue("reconnect") { $0.reconnect = .backoff(from: .zero, upTo: .seconds(1)) },
            BadValue("reconnect") {
                $0.reconnect = .backoff(from: .seconds(2), upTo: .seconds(1))
            },
            BadValue("reconnect") {
                $0.reconnect = .backoff(
                    from: .seconds(1),
                    upTo: .seconds(1),
                    afterRefusal: .seconds(Int64.max)
                )
            },
            BadValue("reconnect") {
                $0.reconnect = .backoff(from: .seconds(1), upTo: .seconds(Int64.max))
            },
            BadValue("backlog") { $0.backlog = 0 },
            BadValue("backlog") { $0.backlog = .max },
            BadValue("maximumUnfinishedHandshakes") { $0.maximumUnfinishedHandshakes = 0 },
            BadValue("maximumMessageParts") { $0.maximumMessageParts = 0 },
            BadValue("sendBufferSize") { $0.sendBufferSize = -1 },
            BadValue("receiveBufferSize") { $0.receiveBufferSize = .max },
            BadValue("typeOfService") { $0.typeOfService = 256 },
            BadValue("maximumMessageSize") { $0.maximumMessageSize = -1 },
            BadValue("maximumFrameSize") { $0.maximumFrameSize = .count(.min) },
            BadValue("tcpKeepAlive.idle") { $0.tcpKeepAlive.idle = .zero },
            BadValue("tcpKeepAlive.interval") { $0.tcpKeepAlive.interval = .seconds(32_768) },
            BadValue("tcpKeepAlive.count") { $0.tcpKeepAlive.count = 128 },
            BadValue("bindToDevice") { $0.bindToDevice = "" },
            BadValue("bindToDevice") { $0.bindToDevice = "interface5678901" },
            BadValue("bindToDevice") { $0.bindToDevice = "a\u{0}" },
            BadValue("congestionControl") { $0.congestionControl = .named("") },
            BadValue("congestionControl") { $0.congestionControl = .named("no such one") },
            BadValue("congestionControl") { $0.congestionControl = .named("reno567890123456") },
            BadValue("congestionControl") { $0.congestionControl = .named("reno\u{0}") },
            BadValue("busyPoll") { $0.busyPoll = .zero },
            BadValue("packetPriority") { $0.packetPriority = 7 },
            BadValue("listeningDescriptor") { $0.listeningDescriptor = -1 },
            BadValue("heartbeat.interval") { $0.heartbeat = Heartbeat(interval: .zero) },
            BadValue("applicationMetadata") { $0.applicationMetadata = ["A": "a"] },
            BadValue("socksProxy") { $0.socksProxy = SOCKSProxy(host: "") },
            BadValue("socksProxy") { $0.socksProxy = SOCKSProxy(host: "a", username: "") },
            BadValue("authenticationDomain") {
                $0.authenticationDomain = String(repeating: "d", count: 256)
            },
            BadValue("security") {
                let name = String(repeating: "n", count: 256)
                $0.security = .plainClient(user: name, password: "")
            },
        ]
    )
    func badValues(_ bad: BadValue) {
        var options = SocketOptions()
        bad.change(&options)
        let error = #expect(throws: ZeroMQError.self) { try options.validate() }
        #expect(error?.code == .invalidOption)
        #expect(error?.message.contains("option \(bad.option)") == true)
    }

    @Test(
        "what means nothing to a type of socket is refused by it, and taken by another",
        arguments: [
            (BadValue("keepsOnlyLatest") { $0.keepsOnlyLatest = true }, .router, .push),
            (BadValue("connectRoutingID") { $0.connectRoutingID = Frame([1]) }, .dealer, .router),
            (BadValue("notifiesStream") { $0.notifiesStream = false }, .router, .stream),
            (BadValue("routerNotices") { $0.routerNotices = .connected }, .dealer, .router),
            (BadValue("helloMessage") { $0.helloMessage = "hello" }, .request, .dealer),
            (BadValue("disconnectMessage") { $0.disconnectMessage = "gone" }, .push, .pull),
            (BadValue("hiccupMessage") { $0.hiccupMessage = "hiccup" }, .subscriber, .pair),
            (BadValue("probesRouter") { $0.probesRouter = true }, .pull, .request),
        ] as [(BadValue, SocketKind, SocketKind)]
    )
    func unfit(_ bad: BadValue, _ unfit: SocketKind, _ fit: SocketKind) throws {
        var options = SocketOptions()
        bad.change(&options)
        let error = #expect(throws: ZeroMQError.self) { try options.validate(for: unfit) }
        #expect(error?.code == .invalidOption)
        #expect(error?.message.contains("option \(bad.option)") == true)
        try options.validate(for: fit)
    }

    @Test("a limit can be written as an integer")
    func limitLiterals() {
        let limit: Limit = 1000
        #expect(limit == .count(1000))
        #expect("\(limit), \(Limit.unlimited)" == "1000, unlimited")
    }
}
