import Testing

@testable import ZeroMQ

@Suite("Endpoint: what is refused, and how")
struct EndpointRefusalTests {
    @Test(
        "a malformed endpoint is refused with the name of the faulty part",
        arguments: [
            ("", "endpoint is empty"), ("tcp", "transport"), ("tcp:/h:1", "://"),
            ("://h:1", "transport"), ("tcp://", "has no port"), ("tcp://:5555", "has no host"),
            ("tcp://h", "has no port"), ("tcp://h:", "port is empty"),
            ("tcp://h:99999", "port \"99999\""), ("tcp://h:65536", "port \"65536\""),
            ("tcp://h:-1", "port \"-1\""), ("tcp://h:+1", "port \"+1\""),
            ("tcp://h:5x", "port \"5x\""), ("tcp://h: 5", "port \" 5\""),
            ("tcp://h:000000001", "port"), ("tcp://h:٣", "port"),
            ("tcp://[::1:1", "bracket"), ("tcp://[::1]", "has no port"),
            ("tcp://[::1]x:1", "follows the bracket"), ("tcp://[]:1", "IPv6"),
            ("tcp://[h]:1", "IPv6"), ("tcp://[1::2::3]:1", "IPv6"), ("tcp://[:::]:1", "IPv6"),
            ("tcp://[1:2:3:4:5:6:7]:1", "IPv6"), ("tcp://[1:2:3:4:5:6:7:8:9]:1", "IPv6"),
            ("tcp://[12345::]:1", "IPv6"), ("tcp://[::256.0.0.1]:1", "IPv6"),
            ("tcp://[fe80::1%]:1", "IPv6"), ("tcp://[1.2.3.4::]:1", "IPv6"),
            ("tcp://::1:5555", "contains a colon"), ("tcp://a b:1", "a space"),
            ("tcp://h\u{0}x:1", "zero byte"), ("tcp://h/x:1", "\"/\""),
            ("tcp://h:1/", "port"), ("tcp://**:1", "\"*\""), ("tcp://;h:1", "source address"),
            ("tcp://s;h:1", "source address"), ("tcp://s:1;h", "no port"),
            ("tcp://a:1;b:2;c:3", "source address"), ("tcp://a]:1", "\"]\""),
            ("ipc://", "ipc path is empty"), ("ipc://@", "abstract ipc name is empty"),
            ("ipc:///tmp/\u{0}", "zero byte"), ("ipc://@a\u{0}", "zero byte"),
            ("inproc://", "inproc name is empty"), ("inproc://a\u{0}b", "zero byte"),
        ]
    )
    func malformed(_ text: String, _ part: String) {
        let error = #expect(throws: ZeroMQError.self) { try Endpoint(text) }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
        #expect(error?.hint != nil)
    }

    @Test(
        "an unknown transport has a code of its own",
        arguments: ["http://h:1", "udp://h:1", "TCP://h:1", "tcp ://h:1", "t\u{0}://"]
    )
    func unknownTransport(_ text: String) {
        let error = #expect(throws: ZeroMQError.self) { try Endpoint(text) }
        #expect(error?.code == .unsupportedTransport)
        #expect(error?.hint != nil)
    }

    @Test("a host of 255 bytes is taken, one of 256 or 4,096 is refused in a short sentence")
    func longHosts() throws {
        _ = try Endpoint("tcp://\(String(repeating: "h", count: 255)):1")
        for length in [256, 4096] {
            let text = "tcp://\(String(repeating: "h", count: length)):1"
            let error = #expect(throws: ZeroMQError.self) { try Endpoint(text) }
            #expect(error?.code == .invalidEndpoint)
            #expect((error?.description.utf8.count ?? 0) < 250)
        }
    }

    @Test(
        "an ipc path or name of 107 bytes is taken, one of 108 is too long",
        arguments: ["", "@"]
    )
    func longPaths(_ prefix: String) throws {
        _ = try Endpoint("ipc://\(prefix)\(String(repeating: "p", count: 107))")
        let error = #expect(throws: ZeroMQError.self) {
            try Endpoint("ipc://\(prefix)\(String(repeating: "é", count: 54))")
        }
        #expect(error?.code == .pathTooLong)
        #expect(error?.message.contains("108 bytes, limit 107") == true)
        #expect(error?.hint != nil)
    }

    @Test("an inproc name of 256 bytes is taken, one of 257 is refused")
    func longNames() throws {
        _ = try Endpoint("inproc://\(String(repeating: "n", count: 256))")
        let error = #expect(throws: ZeroMQError.self) {
            try Endpoint("inproc://\(String(repeating: "n", count: 257))")
        }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.message.contains("257") == true)
    }

    @Test(
        "what only listening can mean is refused by connect, naming the part",
        arguments: [
            ("tcp://*:1", "host \"*\""), ("tcp://h:0", "port"), ("tcp://h:*", "port"),
            ("ipc://*", "path \"*\""),
        ]
    )
    func onlyBindable(_ text: String, _ part: String) throws {
        let endpoint = try Endpoint(text)
        try endpoint.checkBindable()
        let error = #expect(throws: ZeroMQError.self) { try endpoint.checkConnectable() }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.endpoint == endpoint)
        #expect(error?.message.contains(part) == true)
    }

    @Test("a source address is refused by bind and taken by connect")
    func onlyConnectable() throws {
        let endpoint = try Endpoint("tcp://*:0;h:1")
        try endpoint.checkConnectable()
        let error = #expect(throws: ZeroMQError.self) { try endpoint.checkBindable() }
        #expect(error?.code == .invalidEndpoint)
    }

    @Test(
        "an endpoint made from bad parts is refused when it is used",
        arguments: [
            Endpoint.tcp("", port: 1), .tcp("a;b", port: 1), .tcp("h:80", port: 1),
            .tcp("[]", port: 1), .tcp("[", port: 1), .tcp("a\u{0}", port: 1), .ipc(""), .ipc("@"),
            .ipc(String(repeating: "p", count: 108)), .inproc(""),
        ]
    )
    func badParts(_ endpoint: Endpoint) {
        #expect(throws: ZeroMQError.self) { try endpoint.checkBindable() }
        #expect(throws: ZeroMQError.self) { try endpoint.checkConnectable() }
    }
}
