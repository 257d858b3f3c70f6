import LibZMQ
import Testing

@Suite("The Guide's Lazy Pirate", .serialized)
struct LazyPirateTests {
    @Test("alone it survives the request that the server never answers")
    func alone() throws {
        let ending = try Program("guide", ["lazy-pirate"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("client: no response to 3, attempt 1 of 3\n"))
        #expect(ending.output.hasSuffix("client: server replied OK (5)\n"))
    }

    @Test("the client goes on when a server that was killed is there again")
    func restarted() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("guide", ["lazy-pirate", "server", endpoint])
            let client = try Program("guide", ["lazy-pirate", "client", endpoint, "5000"])
            try client.line("client: server replied OK (10)")
            server.kill()
            try client.line("client: no response to ")
            let successor = try Program("guide", ["lazy-pirate", "server", endpoint])
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: server replied OK (5000)\n"))
            successor.interrupt()
            #expect(try successor.ending().status == 0)
        }
    }

    @Test("the client asks a libzmq server three times, and gives up")
    func silent() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.router)
            let client = try Program("guide", ["lazy-pirate", "client", endpoint, "1"])
            // The plain envelope, so that a server may count frames.
            for _ in 1...3 { #expect(try server.texts().suffix(2) == ["", "1"]) }
            let ending = try client.ending()
            #expect(ending.status == 1)
            #expect(ending.errors.hasSuffix("giving up\n"))
        }
    }
}
