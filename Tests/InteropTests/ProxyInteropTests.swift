import LibZMQ
import Testing
import ZeroMQ

@Suite("A proxy of one socket, between clients of libzmq's", .serialized)
struct ProxyInteropTests {
    @Test("a REP at both ends answers every request with itself")
    func echo() throws {
        try withBothLibraries { both in
            let server = ReplySocket(context: both.context)
            let endpoint = "\(try server.bind("tcp://127.0.0.1:*"))"
            let proxy = Proxy(frontend: server)
            let running = Task { try await proxy.run() }
            defer { running.cancel() }
            let clients = try (0..<2).map { _ in
                let client = try both.socket(.request)
                try client.connect(endpoint)
                return client
            }
            for number in 0..<20 {
                for client in clients { try client.send(texts: "a", "\(number)") }
                for client in clients { #expect(try client.next() == ["a", "\(number)"]) }
            }
            #expect(proxy.statistics.toBackend.messages == 40)
            proxy.terminate()
        }
    }
}
