import LibZMQ
import Testing

@Suite("The example weather", .serialized)
struct WeatherTests {
    @Test("without arguments it averages a few updates and ends")
    func alone() throws {
        let ending = try Program("weather", []).ending()
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        #expect(ending.output.contains("Average temperature for zipcode '10001' was "))
    }

    @Test("the server publishes to a libzmq client, and ends cleanly when it is interrupted")
    func server() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("weather", ["server", endpoint])
            let client = try peers.connected(.subscriber, to: endpoint, topic: "100")
            let fields = try client.text().split(separator: " ")
            try #require(fields.count == 3)
            #expect(fields[0].hasPrefix("100") && fields[0].count == 5)
            #expect((-80...134).contains(try #require(Int(fields[1]))))
            #expect((10...59).contains(try #require(Int(fields[2]))))
            server.interrupt()
            #expect(try server.ending().status == 0)
        }
    }

    @Test("the client averages what a libzmq server publishes for its zip code")
    func client() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.xPublisher)
            let client = try Program("weather", ["client", endpoint, "20500", "3"])
            #expect(try server.text() == "\u{1}20500 ")
            for update in ["20500 10 30", "20501 99 30", "20500 20 30", "20500 60 30"] {
                try server.send(update)
            }
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.contains("update 3: 20500 60 30\n"))
            #expect(ending.output.hasSuffix("zipcode '20500' was 30F\n"))
        }
    }

    @Test("a client that waits for updates ends cleanly when it is interrupted")
    func interruptedClient() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.xPublisher)
            let client = try Program("weather", ["client", endpoint])
            #expect(try server.text() == "\u{1}10001 ")
            client.interrupt()
            #expect(try client.ending().status == 0)
        }
    }
}
