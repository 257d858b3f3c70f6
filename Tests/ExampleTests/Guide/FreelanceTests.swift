import LibZMQ
import Testing

@Suite("The Guide's Freelance pattern, models 1 to 3", .serialized)
struct FreelanceTests {
    @Test("model 1 passes over an endpoint where nobody is, and a server that is frozen")
    func one() throws {
        try Peers.use { peers in
            let (nobody, frozen) = try peers.freeEndpoints()
            let server = try Program("guide", ["freelance-1", "server", frozen])
            // It is there, and then it hangs.
            let witness = try peers.connected(.request, to: frozen)
            try witness.send("Hello")
            #expect(try witness.text() == "Hello")
            server.freeze()
            let (healthy, endpoint) = try peers.bound(.reply)
            let words = ["freelance-1", "client", nobody, frozen, endpoint]
            let client = try Program("guide", words)
            #expect(try healthy.text() == "Hello world")
            try healthy.send("here")
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output == "client: service is running OK ([here])\n")
        }
    }

    @Test("model 2 asks every server, with a number in front, and takes the first answer")
    func two() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.router)
            let client = try Program("guide", ["freelance-2", "client", "2", endpoint])
            let first = try server.frames()
            #expect(Array(first.dropFirst()) == ["", "1", "random name"].map { Array($0.utf8) })
            try server.answer(first, "1", "OK")
            let second = try server.frames()
            // Late answers to what has been answered are no answer.
            try server.answer(second, "1", "OK")
            try server.answer(second, "2", "OK")
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasPrefix("client: 2 answers"))
        }
    }

    @Test("model 2 loses nothing when of three servers one is killed and one is silent")
    func twoOfThree() throws {
        try Peers.use { peers in
            let (one, two) = try peers.freeEndpoints()
            let (silent, third) = try peers.bound(.reply)
            let servers = try [one, two].map {
                try Program("guide", ["freelance-2", "server", $0])
            }
            let client = try Program("guide", ["freelance-2", "client", "5000", one, two, third])
            // libzmq's server takes the first request, and does nothing from then on.
            _ = try silent.frames()
            servers[0].kill()
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasPrefix("client: 5000 answers"))
        }
    }

    @Test("model 3's server speaks RFC 10: its name is its endpoint, and PING is answered by PONG")
    func threeServer() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("guide", ["freelance-3", "server", endpoint])
            let client = try peers.connected(.router, to: endpoint)
            try client.send(texts: [endpoint, "PING"])
            #expect(try client.texts() == [endpoint, "PONG"])
            try client.send(texts: [endpoint, "17", "random name"])
            #expect(try client.texts() == [endpoint, "17", "OK"])
            server.interrupt()
            #expect(try server.ending().status == 0)
        }
    }

    @Test("model 3's client pings a libzmq server, and asks it once it has heard of it")
    func threeClient() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try peers.socket(.router)
            try server.set(.routingID, endpoint)
            try server.bind(endpoint)
            let client = try Program("guide", ["freelance-3", "client", "2", endpoint])
            let ping = try server.frames()
            #expect(Array(ping.dropFirst()) == [Array("PING".utf8)])
            try server.send([ping[0], Array("PONG".utf8)])
            for number in ["1", "2"] {
                var request = try server.frames()
                while request.count == 2 { request = try server.frames() }
                #expect(
                    Array(request.dropFirst()) == [number, "random name"].map { Array($0.utf8) }
                )
                try server.send([ping[0], request[1], Array("OK".utf8)])
            }
            #expect(try client.ending().output.hasSuffix("client: 2 answers\n"))
        }
    }

    @Test(
        "model 3 goes on with the other server when one is killed, or frozen",
        arguments: [{ $0.kill() }, { $0.freeze() }] as [@Sendable (Program) -> Void]
    )
    func threeOfTwo(_ harm: @Sendable (Program) -> Void) throws {
        try Peers.use { peers in
            let (one, two) = try peers.freeEndpoints()
            let servers = try [one, two].map {
                try Program("guide", ["freelance-3", "server", $0])
            }
            for server in servers { try server.line("server: ready at ") }
            let client = try Program("guide", ["freelance-3", "client", "5000", one, two])
            let asked = try client.line("client: asking ")
            harm(servers[asked == one ? 0 : 1])
            let next = try client.line("client: asking ", count: 2)
            #expect(Set([asked, next]) == [one, two])
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: 5000 answers\n"))
        }
    }
}
