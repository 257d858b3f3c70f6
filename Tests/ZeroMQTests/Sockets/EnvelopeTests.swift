import Testing
import ZeroMQ

/// The figures of the article "Envelopes", frame by frame.
@Suite("Envelopes are as the article draws them")
struct EnvelopeTests {
    private func named(_ name: String, _ context: Context) -> RequestSocket {
        let socket = RequestSocket(context: context)
        socket.options.routingID = Frame(name)
        return socket
    }

    @Test("a ROUTER sees the id of a REQ, an empty frame, and the request", arguments: wires)
    func direct(endpoint: String) async throws {
        try await inContext { context in
            let router = RouterSocket(context: context)
            let client = named("A", context)
            try client.connect(router.bind(endpoint))
            try await client.send("Hello")
            #expect(try await router.receive(timeout: enough) == ["A", "", "Hello"])
            try await router.send(["A", "", "World"])
            #expect(try await client.receive(timeout: enough) == "World")
        }
    }

    @Test("an id stands before the empty frame, and has to come back", arguments: wires)
    func correlated(endpoint: String) async throws {
        try await inContext { context in
            let router = RouterSocket(context: context)
            let client = named("A", context)
            client.isCorrelated = true
            try client.connect(router.bind(endpoint))
            try await client.send("Hello")
            let request = try await router.receive(timeout: enough)
            #expect(request.count == 4)
            #expect(Message(frames: request.suffix(2)) == ["", "Hello"])
            try await router.send(Message(frames: request.dropLast() + ["World"]))
            #expect(try await client.receive(timeout: enough) == "World")
        }
    }

    @Test("a DEALER adds nothing", arguments: wires)
    func dealer(endpoint: String) async throws {
        try await inContext { context in
            let (router, server) = (RouterSocket(context: context), ReplySocket(context: context))
            let (free, bound) = (DealerSocket(context: context), DealerSocket(context: context))
            free.options.routingID = "B"
            try free.connect(router.bind(endpoint))
            try bound.connect(server.bind(endpoint))
            try await free.send("Hello")
            #expect(try await router.receive(timeout: enough) == ["B", "Hello"])
            try await bound.send(["", "Hello"])
            #expect(try await server.receive(timeout: enough) == "Hello")
            try await server.send("World")
            #expect(try await bound.receive(timeout: enough) == ["", "World"])
        }
    }

    @Test("each proxy on the way adds an id, the last one in front", arguments: wires)
    func proxies(endpoint: String) async throws {
        try await inContext { context in
            let fronts = [RouterSocket(context: context), RouterSocket(context: context)]
            let backs = [DealerSocket(context: context), DealerSocket(context: context)]
            let server = RouterSocket(context: context)
            let client = named("A", context)
            // What the last of them calls itself, the server sees; a REP would be shown the rest.
            backs[0].options.routingID = "P"
            backs[1].options.routingID = "Q"
            try client.connect(fronts[0].bind(endpoint))
            try backs[0].connect(fronts[1].bind(endpoint))
            try backs[1].connect(server.bind(endpoint))
            let proxies = zip(fronts, backs).map { Proxy(frontend: $0, backend: $1) }
            let running = proxies.map { proxy in Task { try await proxy.run() } }
            try await client.send("Hello")
            #expect(try await server.receive(timeout: enough) == ["Q", "P", "A", "", "Hello"])
            try await server.send(["Q", "P", "A", "", "World"])
            #expect(try await client.receive(timeout: enough) == "World")
            for proxy in proxies { proxy.terminate() }
            for task in running { try await task.value }
        }
    }

    @Test("a broker's worker gets the client's envelope as its message", arguments: wires)
    func broker(endpoint: String) async throws {
        try await inContext { context in
            let clients = RouterSocket(context: context)
            let workers = RouterSocket(context: context)
            let (client, worker) = (named("A", context), named("W", context))
            try client.connect(clients.bind(endpoint))
            try worker.connect(workers.bind(endpoint))
            try await worker.send("READY")
            #expect(try await workers.receive(timeout: enough) == ["W", "", "READY"])
            try await client.send("Hello")
            let request = try await clients.receive(timeout: enough)
            try await workers.send(Message(frames: ["W", ""] + request))
            #expect(try await worker.receive(timeout: enough) == ["A", "", "Hello"])
            try await worker.send(["A", "", "World"])
            let answer = try await workers.receive(timeout: enough)
            #expect(answer == ["W", "", "A", "", "World"])
            try await clients.send(Message(frames: answer.dropFirst(2)))
            #expect(try await client.receive(timeout: enough) == "World")
        }
    }
}
