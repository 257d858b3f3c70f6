import LibZMQ
import Testing

@Suite("The Guide's load-balancing broker", .serialized)
struct LoadBalancingTests {
    @Test("requests wait for a worker, and go to the one that has been free longest")
    func broker() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let broker = try Program("guide", ["load-balancing", "broker", front, back])
            let clients = try (1...3).map { _ in try peers.connected(.request, to: front) }
            try clients[0].send("one")

            let first = try peers.connected(.request, to: back)
            try first.send("READY")
            let one = try first.frames()
            #expect(one.last == Array("one".utf8))

            // The first is at work, so both others go to the second, one after the other.
            let second = try peers.connected(.request, to: back)
            try second.send("READY")
            try clients[1].send("two")
            let two = try second.frames()
            #expect(two.last == Array("two".utf8))
            try second.answer(two, "answer two")
            #expect(try clients[1].texts() == ["answer two"])
            try first.answer(one, "answer one")
            #expect(try clients[0].texts() == ["answer one"])

            // Now the second has been free longer.
            try clients[2].send("three")
            let three = try second.frames()
            try second.answer(three, "answer three")
            #expect(try clients[2].texts() == ["answer three"])
            broker.interrupt()
            #expect(try broker.ending().status == 0)
        }
    }

    @Test("the worker says READY to a libzmq broker and answers in the envelope of the request")
    func worker() throws {
        try Peers.use { peers in
            let (broker, endpoint) = try peers.bound(.router)
            let worker = try Program("guide", ["load-balancing", "worker", endpoint])
            let ready = try broker.frames()
            #expect(ready.dropFirst() == [[], Array("READY".utf8)])
            let request = ["client", "", "HELLO"].map { Array($0.utf8) }
            try broker.send([ready[0], []] + request)
            #expect(
                try broker.frames() == [ready[0], []] + request.dropLast() + [Array("OK".utf8)]
            )
            // A request without an envelope could not be answered.
            try broker.send([ready[0], [], Array("HELLO".utf8)])
            #expect(try broker.frames() == ready)
            worker.interrupt()
            #expect(try worker.ending().status == 0)
        }
    }

    @Test("the client asks a libzmq server as often as it is told")
    func client() throws {
        try Peers.use { peers in
            let (server, endpoint) = try peers.bound(.reply)
            let client = try Program("guide", ["load-balancing", "client", endpoint, "3"])
            for _ in 1...3 {
                #expect(try server.text() == "HELLO")
                try server.send("OK")
            }
            #expect(try client.ending().output == "client: 3 answers\n")
        }
    }
}
