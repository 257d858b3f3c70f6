import LibZMQ
import Testing

@Suite("The Guide's asynchronous server", .serialized)
struct AsyncServerTests {
    @Test(
        "libzmq clients have their replies, as many as the number says, with and without envelope"
    )
    func server() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("guide", ["async-server", "server", endpoint])
            let dealer = try peers.connected(.dealer, to: endpoint)
            // Nine requests at once, of which the server works on five at a time.
            for number in 1...9 { try dealer.send("\(number)") }
            var replies: [String: Int] = [:]
            for _ in 1...20 { replies[try dealer.text(), default: 0] += 1 }
            #expect(replies == ["1": 1, "2": 2, "3": 3, "4": 4, "6": 1, "7": 2, "8": 3, "9": 4])
            let request = try peers.connected(.request, to: endpoint)
            try request.send("no number")
            #expect(try request.text() == "no number")
            server.interrupt()
            #expect(try server.ending().status == 0)
        }
    }

    @Test("a client that is killed takes nothing away from the others")
    func clientDies() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("guide", ["async-server", "server", endpoint])
            let victim = try Program("guide", ["async-server", "client", endpoint, "victim"])
            let other = try Program("guide", ["async-server", "client", endpoint, "other"])
            try victim.line("victim: reply")
            victim.kill()
            let ending = try other.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("other: finished\n"))
            server.interrupt()
            #expect(try server.ending().status == 0)
        }
    }

    @Test("the client waits for no reply before its next request")
    func client() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.router)
            let client = try Program("guide", ["async-server", "client", endpoint, "c"])
            let requests = try (1...10).map { _ in try server.frames() }
            for request in requests {
                let number = try #require(Int(String(decoding: request[1], as: UTF8.self)))
                for _ in 0..<number % 5 { try server.send(request) }
            }
            #expect(try client.ending().output.hasSuffix("c: reply to [9]\nc: finished\n"))
        }
    }
}
