import LibZMQ
import Testing

@Suite("The Guide's Simple and Paranoid Pirate, and what can be done to them", .serialized)
struct PirateTests {
    private static let failures: [@Sendable (Program) -> Void] = [{ $0.kill() }, { $0.freeze() }]

    @Test(
        "a client of the Simple Pirate has all answers although a worker dies, or hangs",
        arguments: failures
    )
    func simpleWorkerDies(_ harm: @Sendable (Program) -> Void) throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let queue = try Program("guide", ["simple-pirate", "queue", front, back])
            let workers = try (1...2).map {
                try Program("guide", ["simple-pirate", "worker", back, "worker \($0)"])
            }
            let client = try Program("guide", ["simple-pirate", "client", front, "150"])
            for (number, worker) in zip(1..., workers) { try worker.line("worker \(number): ") }
            harm(workers[0])
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: server replied OK (150)\n"))
            queue.interrupt()
            #expect(try queue.ending().status == 0)
        }
    }

    @Test("the paranoid queue hands out work and heartbeats, and drops a worker that is silent")
    func paranoidQueue() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let queue = try Program("guide", ["paranoid-pirate", "queue", front, back, "50"])
            let worker = try peers.connected(.dealer, to: back)
            // A heartbeat of somebody who has not said READY is none.
            try worker.send([[2]])
            try worker.send([[1]])
            try queue.line("queue: ")
            #expect(try worker.frames() == [[2]])
            let client = try peers.connected(.request, to: front)
            try client.send("work")
            var request = try worker.frames()
            while request == [[2]] { request = try worker.frames() }
            #expect(request.count == 3)
            #expect(request.suffix(2) == [[], Array("work".utf8)])
            try worker.answer(request, "done")
            #expect(try client.text() == "done")
            // Free, and silent from now on.
            while !(try queue.line("queue: ", count: 2)).hasSuffix("is silent") {}
            try client.send("more")
            let other = try peers.connected(.dealer, to: back)
            try other.send([[1]])
            request = try other.frames()
            while request == [[2]] { request = try other.frames() }
            try other.answer(request, "done by the other")
            #expect(try client.text() == "done by the other")
        }
    }

    @Test("the paranoid worker speaks RFC 6 to a libzmq queue, and starts over when it is silent")
    func paranoidWorker() throws {
        try Peers.use { peers in
            let (queue, endpoint) = try peers.bound(.router)
            let worker = try Program("guide", ["paranoid-pirate", "worker", endpoint, "w", "100"])
            let ready = try queue.frames()
            #expect(ready.dropFirst() == [[1]])
            try queue.send([ready[0], Array("client".utf8), [], Array("work".utf8)])
            var answer = try queue.frames()
            while answer.dropFirst() == [[2]] { answer = try queue.frames() }
            #expect(answer == [ready[0], Array("client".utf8), [], Array("work".utf8)])
            // Heartbeats come by themselves; this queue sends none.
            #expect(try queue.frames() == [ready[0], [2]])
            try worker.line("w: the queue is silent, starting over in 0.1 ")
            var again = try queue.frames()
            while again[0] == ready[0] { again = try queue.frames() }
            #expect(again.dropFirst() == [[1]])
            // It was never there for the new connection: the pause is longer.
            try worker.line("w: the queue is silent, starting over in 0.2 ")
            worker.interrupt()
            #expect(try worker.ending().status == 0)
        }
    }

    @Test("workers and clients of the Paranoid Pirate come back to a queue that was killed")
    func queueDies() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let words = ["paranoid-pirate", "queue", front, back, "100"]
            let queue = try Program("guide", words)
            let worker = try Program("guide", ["paranoid-pirate", "worker", back, "w", "100"])
            try queue.line("queue: ")
            queue.kill()
            try worker.line("w: the queue is silent")
            let successor = try Program("guide", words)
            try successor.line("queue: ")
            let client = try Program("guide", ["paranoid-pirate", "client", front, "10"])
            let ending = try client.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: server replied OK (10)\n"))
        }
    }

    @Test("a worker of the Paranoid Pirate that was frozen is dropped, and comes back")
    func workerFreezes() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let queue = try Program("guide", ["paranoid-pirate", "queue", front, back, "100"])
            let worker = try Program("guide", ["paranoid-pirate", "worker", back, "w", "100"])
            try queue.line("queue: ")
            worker.freeze()
            #expect(try queue.line("queue: ", count: 2).hasSuffix(" is silent"))
            worker.thaw()
            #expect(try queue.line("queue: ", count: 3).hasSuffix(" is ready"))
            let client = try Program("guide", ["paranoid-pirate", "client", front, "10"])
            #expect(try client.ending().status == 0)
        }
    }
}
