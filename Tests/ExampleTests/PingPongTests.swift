import LibZMQ
import Testing

@Suite("The example ping-pong", .serialized)
struct PingPongTests {
    @Test("without arguments it plays ten rounds and ends")
    func alone() throws {
        let ending = try Program("ping-pong", []).ending()
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        #expect(ending.output.contains("client: received World (10 of 10)\n"))
    }

    @Test("the server answers a libzmq client, and ends cleanly when it is interrupted")
    func server() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("ping-pong", ["server", endpoint])
            let client = try peers.connected(.request, to: endpoint)
            for _ in 1...3 {
                try client.send("Hello")
                #expect(try client.text() == "World")
            }
            server.interrupt()
            let ending = try server.ending()
            #expect(ending.status == 0)
            #expect(ending.output.contains("server: received Hello\n"))
        }
    }

    @Test("the client asks a libzmq server as often as it is told")
    func client() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.reply)
            let client = try Program("ping-pong", ["client", endpoint, "3"])
            for _ in 1...3 {
                #expect(try server.text() == "Hello")
                try server.send("World")
            }
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: received World (3 of 3)\n"))
        }
    }

    @Test("a client that waits for an answer ends cleanly when it is interrupted")
    func interruptedClient() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.reply)
            let client = try Program("ping-pong", ["client", endpoint])
            #expect(try server.text() == "Hello")
            client.interrupt()
            #expect(try client.ending().status == 0)
        }
    }
}
