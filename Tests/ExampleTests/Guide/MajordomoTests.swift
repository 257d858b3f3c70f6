import LibZMQ
import Testing

@Suite("The Guide's Majordomo", .serialized)
struct MajordomoTests {
    static let worker = Array("MDPW01".utf8)
    static let client = Array("MDPC01".utf8)
    static let echo = Array("echo".utf8)

    @Test("alone it answers every request although a worker dies with one in its hands")
    func alone() throws {
        let ending = try Program("guide", ["majordomo"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("worker: simulating a crash"))
        #expect(ending.output.hasSuffix("client: 20 of 20 requests answered\n"))
    }

    @Test("the broker serves clients and workers of libzmq, as RFC 7 and 8 say")
    func broker() throws {
        try Peers.use { peers in
            let broker = try Program("guide", ["majordomo", "broker", "tcp://127.0.0.1:*", "200"])
            let endpoint = try broker.line("broker: at ")
            let client = try peers.connected(.request, to: endpoint)
            func status(_ name: String, of service: String) throws -> [String]? {
                try client.send([Self.client, Array(name.utf8), Array(service.utf8)])
                return try client.receive(timeout: Peers.patience)?.map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            #expect(try status("mmi.service", of: "echo") == ["MDPC01", "mmi.service", "404"])
            #expect(try status("mmi.nothing", of: "echo") == ["MDPC01", "mmi.nothing", "501"])

            let worker = try peers.connected(.dealer, to: endpoint)
            try worker.send([[], Self.worker, [1], Self.echo])
            try broker.line("broker: a worker for echo is ready")
            #expect(try status("mmi.service", of: "echo") == ["MDPC01", "mmi.service", "200"])
            try client.send([Self.client, Self.echo, [7], [], [8]])
            let request = try Self.command(2, at: worker)
            try #require(request.count == 5)
            #expect(Array(request[1...]) == [[], [7], [], [8]])
            try worker.send([[], Self.worker, [3], request[0], [], [9]])
            #expect(try client.receive(timeout: Peers.patience) == [Self.client, Self.echo, [9]])

            // A second READY breaks the rules, and so does a reply that nobody has asked for.
            try worker.send([[], Self.worker, [1], Self.echo])
            #expect(try Self.command(5, at: worker) == [])
            #expect(try status("mmi.service", of: "echo") == ["MDPC01", "mmi.service", "404"])
            try worker.send([[], Self.worker, [3], [1], [], [1]])
            #expect(try Self.command(5, at: worker) == [])

            broker.interrupt()
            #expect(try broker.ending().status == 0)
        }
    }

    @Test("a worker that says nothing more is given up, and gets no request")
    func silence() throws {
        try Peers.use { peers in
            let broker = try Program("guide", ["majordomo", "broker", "tcp://127.0.0.1:*", "100"])
            let endpoint = try broker.line("broker: at ")
            let silent = try peers.connected(.dealer, to: endpoint)
            try silent.send([[], Self.worker, [1], Self.echo])
            try broker.line("broker: a worker for echo has been silent for too long")
            let client = try peers.connected(.request, to: endpoint)
            try client.send([Self.client, Self.echo, [7]])
            // Its own word brings the worker back: the broker does not know it and says so.
            try silent.send([[], Self.worker, [4]])
            #expect(try Self.command(5, at: silent) == [])
            let other = try peers.connected(.dealer, to: endpoint)
            try other.send([[], Self.worker, [1], Self.echo])
            #expect(try Self.command(2, at: other).last == [7])
        }
    }

    @Test("a worker tells a libzmq broker that it lives, and begins anew after DISCONNECT")
    func workerAlone() throws {
        try Peers.use { peers in
            let (broker, endpoint) = try peers.bound(.router)
            let worker = try Program("guide", ["majordomo", "worker", endpoint, "coffee", "100"])
            func next() throws -> [[UInt8]] {
                try #require(try broker.receive(timeout: Peers.patience))
            }
            let ready = try next()
            #expect(Array(ready[1...]) == [[], Self.worker, [1], Array("coffee".utf8)])
            #expect(try next() == [ready[0], [], Self.worker, [4]])
            try broker.send([ready[0], [], Self.worker, [2], [5, 5], [], [1], [], [2]])
            var reply = try next()
            while reply[3] == [4] { reply = try next() }
            #expect(Array(reply[1...]) == [[], Self.worker, [3], [5, 5], [], [1], [], [2]])
            try broker.send([ready[0], [], Self.worker, [5]])
            var again = try next()
            while again[3] == [4] { again = try next() }
            #expect(again[3] == [1] && again[0] != ready[0])
            // Nor does it stay where nobody answers.
            try worker.line("worker: no broker", count: 2)
        }
    }

    /// Two workers, of which one is killed or frozen in the midst of its work.
    @Test(
        "no request is lost with a worker that is killed or frozen at work",
        arguments: [true, false]
    )
    func deadWorker(isKilled: Bool) throws {
        let broker = try Program("guide", ["majordomo", "broker", "tcp://127.0.0.1:*", "200"])
        let endpoint = try broker.line("broker: at ")
        // It takes longer for a request than this test does.
        let slow = ["majordomo", "worker", endpoint, "echo", "200", "600000"]
        let first = try Program("guide", slow)
        try broker.line("broker: a worker for echo is ready")
        let client = try Program("guide", ["majordomo", "client", endpoint, "echo", "5"])
        try first.line("worker: got [request 1]")
        let second = try Program("guide", ["majordomo", "worker", endpoint, "echo", "200"])
        try broker.line("broker: a worker for echo is ready", count: 2)
        if isKilled { first.kill() } else { first.freeze() }
        try broker.line("broker: a worker for echo has left")
        try second.line("worker: got [request 1]")
        let ending = try client.ending()
        #expect(ending.status == 0)
        #expect(ending.output.hasSuffix("client: 5 of 5 requests answered\n"))
        guard !isKilled else { return }
        // Back again, it learns that the broker has given it up.
        first.thaw()
        first.interrupt()
    }

    @Test("workers come back to a broker that was killed, and clients ask again")
    func brokerRestarted() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let broker = try Program("guide", ["majordomo", "broker", endpoint, "100"])
            let worker = try Program("guide", ["majordomo", "worker", endpoint, "echo", "100"])
            try broker.line("broker: a worker for echo is ready")
            broker.kill()
            let client = try Program("guide", ["majordomo", "client", endpoint, "echo", "3"])
            try worker.line("worker: no broker")
            let next = try Program("guide", ["majordomo", "broker", endpoint, "100"])
            try next.line("broker: a worker for echo is ready")
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: 3 of 3 requests answered\n"))
        }
    }

    /// What follows the next command of this kind; heartbeats in between are passed over.
    static func command(_ number: UInt8, at worker: LibZMQ.Socket) throws -> [[UInt8]] {
        while true {
            let message = try #require(try worker.receive(timeout: Peers.patience))
            try #require(message.count >= 3 && message[0] == [] && message[1] == Self.worker)
            if message[2] == [4], number != 4 { continue }
            try #require(message[2] == [number])
            return Array(message[3...])
        }
    }
}
