import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Connections to names, of which a test decides what they stand for.
@Suite("Peers that are called by name")
struct NamedPeerTests {
    private func inContext(
        _ lookup: @escaping NameResolver.Lookup,
        _ body: (Context) throws -> Void
    ) throws {
        let resolver = NameResolver(lookup: lookup)
        let context = Context(core: ContextCore(options: ContextOptions(), resolver: resolver))
        defer { context.shutDown() }
        try body(context)
    }

    private func port(of endpoint: Endpoint) throws -> String {
        try #require("\(endpoint)".split(separator: ":").last.map(String.init))
    }

    private func push(_ context: Context, to endpoint: String) throws -> PushSocket {
        let push = PushSocket(context: context)
        push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(1))
        try push.connect(endpoint)
        return push
    }

    @Test("a name may have more addresses than a stack has room for, and each is tried in the end")
    func manyAddresses() throws {
        // The system refuses these at once, because nobody can be connected to a group.
        let refused = (1...20_000).map { SocketAddress.ipv4(0xe100_0000 + $0, port: 0) }
        try inContext { _, _ in
            .success(refused + [.loopback(port: 0)])
        } _: { context in
            let pull = PullSocket(context: context)
            let port = try port(of: pull.bind("tcp://127.0.0.1:*"))
            let push = try push(context, to: "tcp://many.example:\(port)")
            try push.send("arrived", timeout: .seconds(60))
            #expect(try pull.receive(timeout: .seconds(60)) == "arrived")
        }
    }

    @Test("rounds take the addresses in order, some at a time, and go on where the last one ended")
    func rounds() {
        var candidates = Candidates()
        let addresses = (0..<40).map { SocketAddress.ipv4($0, port: 1) }
        func round(_ count: Int) -> [SocketAddress] {
            candidates.begin(with: Array(addresses[..<count]))
            var taken: [SocketAddress] = []
            while let address = candidates.next() { taken.append(address) }
            return taken
        }
        #expect(round(3) == Array(addresses[..<3]))
        #expect(round(3) == Array(addresses[..<3]))
        #expect(round(0) == [])
        candidates.startOver()
        #expect(round(40) == Array(addresses[..<16]))
        #expect(round(40) == Array(addresses[16..<32]))
        #expect(round(40) == Array(addresses[32...] + addresses[..<8]))
        candidates.startOver()
        #expect(round(40) == Array(addresses[..<16]))
    }

    @Test("a name that gets no answer holds up neither connections, nor a bind, nor the end")
    func silence() throws {
        let isOver = Locked(false)
        defer { isOver.withLock { $0 = true } }
        let start = ContinuousClock.now
        try inContext { host, _ in
            guard host.hasPrefix("silent") else { return .success([.loopback(port: 0)]) }
            while !isOver.withLock({ $0 }) { letPass(.milliseconds(1)) }
            return .failure(.notFound)
        } _: { context in
            let silent = try (0..<50).map { try push(context, to: "tcp://silent-\($0).example:9") }
            let pull = PullSocket(context: context)
            let port = try port(of: pull.bind("tcp://localhost:*"))
            for host in ["localhost", "127.0.0.1"] {
                let push = try push(context, to: "tcp://\(host):\(port)")
                try push.put("from \(host)")
                #expect(try pull.next() == "from \(host)")
            }
            for push in silent { push.linger = .discard }
        }
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
