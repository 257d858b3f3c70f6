import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Options about connections", .serialized)
struct ConnectionOptionTests {
    /// An endpoint at which nobody listens.
    private func nowhere(_ context: Context) throws -> Endpoint {
        let socket = PullSocket(context: context)
        let endpoint = try socket.bind("tcp://127.0.0.1:*")
        socket.close()
        return endpoint
    }

    @Test("a socket that queues only to connected peers waits for one", arguments: fixedWires)
    func immediate(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            #expect(!push.options.queuesOnlyToConnectedPeers)
            push.options.queuesOnlyToConnectedPeers = true
            let pull = PullSocket(context: context)
            let bound = try pull.bind(endpoint)
            try pull.unbind(bound)
            try push.connect(bound)
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(10))
            #expect(try !push.trySend("nobody is there"))
            try pull.bind(bound)
            try push.put("somebody is there")
            #expect(try pull.next() == "somebody is there")
            try pull.unbind(bound)
            _ = push.events.first { if case .disconnected = $0 { true } else { false } }
            let isGone = push.events.first { if case .retrying = $0 { true } else { false } }
            #expect(isGone != nil)
            #expect(try !push.trySend("gone again"))
            try pull.bind(bound)
            try push.put("back")
            #expect(try pull.next() == "back")
            #expect(push.statistics.reconnects == 1)
        }
    }

    @Test("reasons to give an endpoint up are obeyed")
    func stops() throws {
        try inContext { context in
            let closed = { (event: SocketEvent) in
                if case .closed = event { true } else { false }
            }
            let refused = PushSocket(context: context)
            refused.options.reconnectStops = .connectionRefused
            try refused.connect(nowhere(context))
            #expect(refused.events.first(where: closed) != nil)

            let lost = PushSocket(context: context)
            lost.options.reconnectStops = .afterDisconnect
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            try lost.connect(endpoint)
            try lost.waitForPeers(atLeast: 1, timeout: enough)
            pull.close()
            #expect(lost.events.first(where: closed) != nil)

            let server = try RawServer()
            let failed = PushSocket(context: context)
            failed.options.reconnectStops = .handshakeFailed
            try failed.connect(server.endpoint)
            try server.accept().send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
            #expect(failed.events.first(where: closed) != nil)
        }
    }

    @Test("messages that sockets make by themselves", arguments: transports)
    func notices(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.options.routerNotices = [.connected, .disconnected]
            router.options.disconnectMessage = "gone"
            let bound = try router.bind(endpoint)
            let dealer = DealerSocket(context: context)
            dealer.options.routingID = "me"
            dealer.options.helloMessage = ["hello", "world"]
            try dealer.connect(bound)
            #expect(try router.next() == ["me", ""])
            #expect(try router.next() == ["me", "hello", "world"])
            try dealer.put("data")
            #expect(try router.next() == ["me", "data"])
            dealer.close()
            #expect(try router.next() == ["me", ""])
            #expect(try router.next() == ["me", "gone"])
        }
    }

    @Test("a hiccup message tells of a connection that was lost", arguments: fixedWires)
    func hiccup(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let bound = try router.bind(endpoint)
            let dealer = DealerSocket(context: context)
            dealer.options.hiccupMessage = "hiccup"
            dealer.options.probesRouter = true
            dealer.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(10))
            try dealer.connect(bound)
            #expect(try router.next().count == 2)
            try router.unbind(bound)
            #expect(try dealer.next() == "hiccup")
            try router.bind(bound)
            // The probe comes again with the new connection.
            #expect(try router.next()[1].isEmpty)
        }
    }

    @Test("a descriptor that listens already is taken over")
    func adopted() throws {
        try inContext { context in
            let server = try RawServer()
            let pull = PullSocket(context: context)
            pull.options.listeningDescriptor = server.release()
            try pull.bind(server.endpoint)
            let push = PushSocket(context: context)
            try push.connect(server.endpoint)
            try push.put("through the adopted descriptor")
            #expect(try pull.next() == "through the adopted descriptor")
            pull.options.listeningDescriptor = 2_000_000
            #expect(code { try pull.bind("tcp://127.0.0.1:*") } == .invalidOption)
        }
    }

    @Test("threads are chosen by affinity, and a mask without threads is refused")
    func affinity() throws {
        let context = Context(ioThreads: 2)
        defer { context.shutDown() }
        let pull = PullSocket(context: context)
        pull.options.ioThreadAffinity = 0b10
        let endpoint = try pull.bind("tcp://127.0.0.1:*")
        let push = PushSocket(context: context)
        push.options.ioThreadAffinity = 0b01
        try push.connect(endpoint)
        try push.put("between threads")
        #expect(try pull.next() == "between threads")
        push.options.ioThreadAffinity = 0b100
        #expect(code { try push.connect(endpoint) } == .invalidOption)
    }

    @Test("options of the kernel's are accepted, or refused by name")
    func kernel() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.packetPriority = 6
            pull.options.typeOfService = 0x10
            let push = PushSocket(context: context)
            push.options = pull.options
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            try push.put("marked")
            #expect(try pull.next() == "marked")
        }
    }

    @Test("a SOCKS5 proxy is asked to connect", arguments: [nil, "somebody"])
    func socks(username: String?) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let bound = try pull.bind("tcp://127.0.0.1:*")
            let server = try RawServer()
            let proxy = try Worker {
                let client = try server.accept()
                let method: UInt8 = username == nil ? 0 : 2
                #expect(try client.receive(3) == [5, 1, method])
                client.send([5, method])
                if let username {
                    let name = Array(username.utf8)
                    let expected: [UInt8] = [1, UInt8(name.count)] + name + [2] + Array("pw".utf8)
                    #expect(try client.receive(expected.count) == expected)
                    client.send([1, 0])
                }
                let host = Array("far.example".utf8)
                let request: [UInt8] = [5, 1, 0, 3, UInt8(host.count)] + host + [0x15, 0xb3]
                #expect(try client.receive(request.count) == request)
                let upstream = try RawPeer(connectingTo: "\(bound)")
                // The answer in pieces, and the peer's greeting right behind it.
                client.send([5, 0, 0])
                client.send([1, 127, 0, 0, 1, 0, 80] + (try upstream.receive(64)))
                upstream.send(try client.receive(64))
                let ready = try upstream.receiveFrame()
                client.send(Wire.frame(ready.body, flags: ready.flags))
                for _ in 0..<2 {
                    let frame = try client.receiveFrame()
                    upstream.send(Wire.frame(frame.body, flags: frame.flags))
                }
                return upstream
            }
            let push = PushSocket(context: context)
            push.options.socksProxy = SOCKSProxy(
                host: "127.0.0.1",
                port: UInt16(server.endpoint.split(separator: ":")[2]) ?? 0,
                username: username,
                password: username.map { _ in "pw" }
            )
            try push.connect("tcp://far.example:5555")
            try push.put("through the proxy")
            #expect(try pull.next() == "through the proxy")
            _ = try proxy.value()
        }
    }

    @Test("a SOCKS5 proxy that refuses is asked again")
    func socksRefusal() throws {
        try inContext { context in
            let server = try RawServer()
            let push = PushSocket(context: context)
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(10))
            push.options.socksProxy = SOCKSProxy(
                host: "127.0.0.1",
                port: UInt16(server.endpoint.split(separator: ":")[2]) ?? 0
            )
            try push.connect("tcp://far.example:5555")
            for answer in [[5, 255], [4, 0], []] as [[UInt8]] {
                let client = try server.accept()
                _ = try client.receive(3)
                client.send(answer)
                client.close()
                let failure = push.events.first {
                    if case .connectFailed = $0 { true } else { false }
                }
                #expect(failure != nil)
            }
        }
    }
}
