import Glibc
import Testing
import ZeroMQ
import ZeroMQTestSupport

/// What the system says of this process's TCP descriptors that have to do with one port.
private struct KernelView {
    let listening: [Int32]
    let connected: [Int32]

    init(port: UInt16) {
        var (listening, connected): ([Int32], [Int32]) = ([], [])
        for descriptor in 0..<Int32(1024) {
            let ends = [getsockname, getpeername].map { Self.port(of: descriptor, $0) }
            guard ends.contains(port) else { continue }
            let isListening = Self.number(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1
            if isListening { listening.append(descriptor) } else { connected.append(descriptor) }
        }
        (self.listening, self.connected) = (listening, connected)
    }

    private typealias Question = (
        Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?
    ) -> Int32

    private static func port(of descriptor: Int32, _ ask: Question) -> UInt16? {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                ask(descriptor, $0, &size)
            }
        }
        let families = [sa_family_t(AF_INET), sa_family_t(AF_INET6)]
        guard status == 0, families.contains(address.sin6_family) else { return nil }
        return UInt16(bigEndian: address.sin6_port)
    }

    static func number(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int {
        var value: Int32 = -1
        var size = socklen_t(4)
        return getsockopt(descriptor, level, name, &value, &size) == 0 ? Int(value) : -1
    }

    static func text(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> String {
        var value = [UInt8](repeating: 0, count: 64)
        var size = socklen_t(value.count)
        guard getsockopt(descriptor, level, name, &value, &size) == 0 else { return "" }
        return String(decoding: value[..<Int(size)].prefix { $0 != 0 }, as: UTF8.self)
    }
}

@Suite("Options that are the system's", .serialized)
struct KernelOptionTests {
    static let tcp = Int32(IPPROTO_TCP)

    /// What is set here, and what the system is asked and has to answer.
    struct Setting: Sendable, CustomTestStringConvertible {
        let name: String
        let level: Int32
        let number: Int32
        let change: @Sendable (inout SocketOptions) -> Void
        let isEffective: @Sendable (Int) -> Bool

        var testDescription: String { name }

        init(
            _ name: String,
            _ level: Int32,
            _ number: Int32,
            _ change: @escaping @Sendable (inout SocketOptions) -> Void,
            _ isEffective: @escaping @Sendable (Int) -> Bool
        ) {
            (self.name, self.level, self.number) = (name, level, number)
            (self.change, self.isEffective) = (change, isEffective)
        }
    }

    static let settings: [Setting] = [
        // The system doubles what it is asked for, and never has less than some two thousand.
        Setting("sendBufferSize", SOL_SOCKET, SO_SNDBUF) {
            $0.sendBufferSize = 12_345
        } _: {
            $0 == 24_690
        },
        Setting("receiveBufferSize", SOL_SOCKET, SO_RCVBUF) {
            $0.receiveBufferSize = 23_456
        } _: {
            $0 == 46_912
        },
        Setting("typeOfService", Int32(IPPROTO_IP), IP_TOS) {
            $0.typeOfService = 0x28
        } _: {
            $0 == 0x28
        },
        Setting("packetPriority", SOL_SOCKET, SO_PRIORITY) {
            $0.packetPriority = 5
        } _: {
            $0 == 5
        },
        Setting("tcpKeepAlive.isEnabled", SOL_SOCKET, SO_KEEPALIVE) {
            $0.tcpKeepAlive.isEnabled = true
        } _: {
            $0 == 1
        },
        Setting("tcpKeepAlive.idle", tcp, TCP_KEEPIDLE) {
            $0.tcpKeepAlive = TCPKeepAlive(isEnabled: true, idle: .milliseconds(10_001))
        } _: {
            $0 == 11
        },
        Setting("tcpKeepAlive.interval", tcp, TCP_KEEPINTVL) {
            $0.tcpKeepAlive = TCPKeepAlive(isEnabled: true, interval: .seconds(7))
        } _: {
            $0 == 7
        },
        Setting("tcpKeepAlive.count", tcp, TCP_KEEPCNT) {
            $0.tcpKeepAlive = TCPKeepAlive(isEnabled: true, count: 3)
        } _: {
            $0 == 3
        },
        Setting("tcpMaxRetransmit", tcp, TCP_USER_TIMEOUT) {
            $0.tcpMaxRetransmit = .seconds(9)
        } _: {
            $0 == 9000
        },
    ]

    @Test("the system has them, on both sides of a connection", arguments: settings)
    func both(setting: Setting) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            setting.change(&push.options)
            setting.change(&pull.options)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            try push.connect(endpoint)
            try push.put("here")
            #expect(try pull.next() == "here")
            let view = KernelView(port: try port(of: endpoint))
            #expect(view.connected.count == 2)
            for descriptor in view.connected {
                let value = KernelView.number(descriptor, setting.level, setting.number)
                #expect(setting.isEffective(value), "\(value)")
            }
        }
    }

    @Test("connections through a descriptor that was taken over have them as well")
    func adopted() throws {
        try inContext { context in
            let server = try RawServer()
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            pull.options.listeningDescriptor = server.release()
            pull.options.packetPriority = 4
            let endpoint = try pull.bind(server.endpoint)
            try push.connect(endpoint)
            try push.put("here")
            #expect(try pull.next() == "here")
            let connected = KernelView(port: try port(of: endpoint)).connected
            let priorities = connected.map { KernelView.number($0, SOL_SOCKET, SO_PRIORITY) }
            #expect(Set(priorities) == [0, 4])
            let delays = connected.map { KernelView.number($0, Self.tcp, TCP_NODELAY) }
            #expect(delays == [1, 1])
        }
    }

    @Test("a backlog is as long as it was asked for")
    func backlog() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.backlog = 17
            let view = KernelView(port: try port(of: pull.bind("tcp://127.0.0.1:*")))
            let listener = try #require(view.listening.first)
            var information = tcp_info()
            var size = socklen_t(MemoryLayout<tcp_info>.size)
            #expect(getsockopt(listener, Self.tcp, TCP_INFO, &information, &size) == 0)
            // Of one that listens this is the length of its queue.
            #expect(information.tcpi_sacked == 17)
        }
    }

    @Test("packets use the device that was named, and one that is not there is refused")
    func device() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.bindToDevice = "lo"
            let view = KernelView(port: try port(of: pull.bind("tcp://127.0.0.1:*")))
            let listener = try #require(view.listening.first)
            #expect(KernelView.text(listener, SOL_SOCKET, SO_BINDTODEVICE) == "lo")
            pull.options.bindToDevice = "nosuchdevice"
            #expect(code { try pull.bind("tcp://127.0.0.1:*") } != nil)
        }
    }

    @Test("how fast TCP sends is decided by the system, without pacing, or as was said")
    func congestion() throws {
        let plain = try RawServer().release()
        defer { close(plain) }
        let systems = KernelView.text(plain, Self.tcp, TCP_CONGESTION)
        #expect(try controls(.system) == [systems, systems])
        #expect(try controls(.named("reno")) == ["reno", "reno"])
        let isPaced = systems.hasPrefix("bbr")
        let automatic = isPaced ? "reno" : systems
        #expect(try controls(.automatic) == [automatic, automatic])
    }

    /// What both ends of a connection over the loopback have.
    private func controls(_ choice: CongestionControl) throws -> [String] {
        var controls: [String] = []
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            (push.options.congestionControl, pull.options.congestionControl) = (choice, choice)
            let endpoint = try pull.bind("tcp://*:*")
            let port = try port(of: endpoint)
            try push.connect("tcp://127.0.0.1:\(port)")
            try push.put("here")
            #expect(try pull.next() == "here")
            controls = KernelView(port: port).connected.map {
                KernelView.text($0, Self.tcp, TCP_CONGESTION)
            }
        }
        return controls
    }

    @Test("the device is polled for as long as was asked for, or asking is refused")
    func polling() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.busyPoll = .microseconds(50)
            let busyPoll: Int32 = 46
            // The system may want privileges for it.
            let refusal = code { try pull.bind("tcp://127.0.0.1:5") }
            guard refusal == nil else { return #expect(refusal == .permissionDenied) }
            let listener = try #require(KernelView(port: 5).listening.first)
            #expect(KernelView.number(listener, SOL_SOCKET, busyPoll) == 50)
        }
    }

    @Test("with IPv6 a wildcard listens on both, and a name may have either address")
    func ipv6() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let old = try port(of: pull.bind("tcp://*:*"))
            pull.options.ipv6 = true
            let new = try port(of: pull.bind("tcp://*:*"))
            let only = Int32(IPV6_V6ONLY)
            let sixes = [old, new].map { port in
                KernelView(port: port).listening.map {
                    KernelView.number($0, Int32(IPPROTO_IPV6), only)
                }
            }
            // What is no IPv6 socket does not know the question.
            #expect(sixes == [[-1], [0]])
            for host in ["127.0.0.1", "[::1]"] {
                let push = PushSocket(context: context)
                push.options.ipv6 = true
                try push.connect("tcp://\(host):\(new)")
                try push.put(Message(host))
                #expect(try pull.next() == Message(host))
            }
        }
    }

    private func port(of endpoint: Endpoint) throws -> UInt16 {
        let text = endpoint.description.split(separator: ":").last ?? ""
        return try #require(UInt16(text))
    }
}
