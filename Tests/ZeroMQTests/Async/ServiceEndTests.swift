import Testing
import ZeroMQ

/// The steps of the article "Running a service".
@Suite("A service ends without losing the request in its hands")
struct ServiceEndTests {
    @Test("the request in hand is answered, and no other one is taken", arguments: wires)
    func handOver(endpoint: String) async throws {
        try await inContext { context in
            let server = ReplySocket(context: context)
            let clients = [RequestSocket(context: context), RequestSocket(context: context)]
            let place = try server.bind(endpoint)
            for client in clients { try client.connect(place) }
            let (taken, take) = AsyncStream.makeStream(of: Message.self)
            let answering = Task {
                for try await request in server.messages {
                    take.yield(request)
                    // Works until it is told to end.
                    while !Task.isCancelled { await Task.yield() }
                    _ = try server.trySend(["World", request[0]])
                }
            }
            try await clients[0].send("first")
            _ = await taken.first { _ in true }
            try await clients[1].send("second")
            let end = ContinuousClock.now + enough
            while server.statistics.messagesQueuedToReceive == 0, ContinuousClock.now < end {
                await Task.yield()
            }
            answering.cancel()
            #expect(await code { try await answering.value } == .cancelled)
            #expect(try await clients[0].receive(timeout: enough) == ["World", "first"])
            #expect(await server.close(linger: .wait(upTo: enough)) == 0)
            #expect(server.statistics.dropped == [.unread: 1])
            clients[1].linger = .discard
        }
    }
}
