import Glibc
import LibZMQ
import Testing

@Suite("The Guide's programs of sockets and patterns", .serialized)
struct GuideSocketsTests {
    @Test("the reader of two sockets has what libzmq sends to either of them")
    func reader() throws {
        try Peers.use { peers in
            let (ventilator, tasks) = try peers.bound(.push)
            let (publisher, updates) = try peers.bound(.xPublisher)
            let words = ["multi-socket-reader", "reader", tasks, updates, "4"]
            let reader = try Program("guide", words)
            #expect(try publisher.text() == "\u{1}")
            // One after the other, so that it cannot be enough to look at one of them.
            for number in ["1", "2"] {
                try ventilator.send(number)
                try reader.line("reader: task [\(number)]")
                try publisher.send(number)
                try reader.line("reader: update [\(number)]")
            }
            #expect(try reader.ending().status == 0)
        }
    }

    @Test("requests of libzmq clients wait for libzmq workers, and replies find their way back")
    func queue() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let queue = try Program("guide", ["request-queue", "queue", front, back])
            let clients = try (1...3).map { _ in try peers.connected(.request, to: front) }
            for (number, client) in clients.enumerated() { try client.send("\(number)") }
            let worker = try peers.connected(.reply, to: back)
            for _ in clients { try worker.send("reply to \(try worker.text())") }
            for (number, client) in clients.enumerated() {
                #expect(try client.text() == "reply to \(number)")
            }
            queue.interrupt()
            #expect(try queue.ending().status == 0)
        }
    }

    @Test("the queue's client asks, and its worker answers, across processes")
    func queueProcesses() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let client = try Program("guide", ["request-queue", "client", front])
            let worker = try Program("guide", ["request-queue", "worker", back])
            let queue = try Program("guide", ["request-queue", "queue", front, back])
            #expect(try client.ending().output.hasSuffix("client: reply 10 [World]\n"))
            for program in [worker, queue] {
                program.interrupt()
                #expect(try program.ending().status == 0)
            }
        }
    }

    @Test("the weather proxy passes subscriptions inside, and to each outside what it wants")
    func proxy() throws {
        try Peers.use { peers in
            let (publisher, inside) = try peers.bound(.xPublisher)
            let (outside, _) = try peers.freeEndpoints()
            let proxy = try Program("guide", ["weather-proxy", "proxy", inside, outside])
            let warm = try peers.connected(.subscriber, to: outside, topic: "10001 ")
            #expect(try publisher.text() == "\u{1}10001 ")
            let client = try Program("guide", ["weather-proxy", "client", outside, "10002"])
            #expect(try publisher.text() == "\u{1}10002 ")
            for degrees in 1...10 { try publisher.send("10002 \(degrees * 2) 50") }
            try publisher.send("10001 30 50")
            #expect(try warm.text() == "10001 30 50")
            let ending = try client.ending()
            #expect(ending.output == "client: average temperature at 10002 was 11\n")
            #expect(try publisher.text() == "\u{0}10002 ")
            proxy.interrupt()
            #expect(try proxy.ending().status == 0)
        }
    }

    @Test("every process of the pipeline ends when all the work is done")
    func killSignal() throws {
        try Peers.use { peers in
            let (tasks, results) = try peers.freeEndpoints()
            let (control, _) = try peers.freeEndpoints()
            let words = ["kill-signal", "worker", tasks, results, control]
            let workers = try (1...2).map { _ in try Program("guide", words) }
            let sink = try Program("guide", ["kill-signal", "sink", results, control, "2"])
            let ventilator = try Program("guide", ["kill-signal", "ventilator", tasks, results])
            #expect(try ventilator.ending().status == 0)
            #expect(try sink.ending().output == "sink: 100 results\n")
            for worker in workers {
                #expect(try worker.ending().output == "worker: told to end\n")
            }
        }
    }

    @Test("a server that is told to end cleans up, and its port is free", arguments: [2, 15])
    func interrupt(signal: Int32) throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            for _ in 1...2 {
                let server = try Program("guide", ["interrupt", "server", endpoint])
                try server.line("server: ready")
                let client = try peers.connected(.request, to: endpoint)
                try client.send("Hello")
                #expect(try client.text() == "Hello")
                kill(server.identifier, signal)
                let ending = try server.ending()
                #expect(ending.status == 0)
                #expect(ending.output.hasSuffix("server: interrupted, cleaning up\n"))
                try client.disconnect(endpoint)
            }
        }
    }

    @Test("five libzmq clients are served side by side")
    func concurrentServer() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("guide", ["concurrent-server", "server", endpoint])
            let clients = try (1...5).map { _ in try peers.connected(.request, to: endpoint) }
            for client in clients { try client.send("Hello") }
            for client in clients { #expect(try client.text() == "World") }
            server.interrupt()
            let ending = try server.ending()
            #expect(ending.status == 0)
            // The second has begun before the first has ended.
            let words = ending.output.split(separator: "\n").map { $0.split(separator: " ")[1] }
            #expect(words.count == 10)
            #expect(words.prefix(2) == ["begins", "begins"])
        }
    }

    @Test("libzmq's subscribers, for whom the publisher waits, miss nothing")
    func synchronizedPublisher() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let words = ["synchronized-publisher", "publisher", endpoint, "3", "5000"]
            let publisher = try Program("guide", words)
            let subscribers = try (1...2).map { _ in
                try peers.connected(.subscriber, to: endpoint)
            }
            let ours = try Program("guide", ["synchronized-publisher", "subscriber", endpoint])
            for subscriber in subscribers {
                for _ in 1...5000 { #expect(try subscriber.text() == "Rhubarb") }
                #expect(try subscriber.text() == "END")
            }
            #expect(try ours.ending().output == "subscriber: 5000 updates\n")
            #expect(try publisher.ending().status == 0)
        }
    }

    @Test("a libzmq subscriber to B has both frames of B, and nothing of A")
    func envelopes() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let publisher = try Program("guide", ["published-envelopes", "publisher", endpoint])
            let subscriber = try peers.connected(.subscriber, to: endpoint, topic: "B")
            for _ in 1...2 {
                #expect(try subscriber.texts() == ["B", "We would like to see this"])
            }
            let ours = try Program("guide", ["published-envelopes", "subscriber", endpoint, "A"])
            try ours.line("subscriber: [A, We don't want to see this]")
            for program in [publisher, ours] {
                program.interrupt()
                #expect(try program.ending().status == 0)
            }
        }
    }

    @Test("the boss cannot tell a libzmq DEALER from a REQ, and fires both")
    func boss() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let boss = try Program("guide", ["readiness", "boss", endpoint, "2", "2"])
            let request = try peers.connected(.request, to: endpoint)
            let dealer = try peers.connected(.dealer, to: endpoint)
            for order in ["Work harder!", "Fired!"] {
                try request.send("Hi Boss")
                #expect(try request.text() == order)
                try dealer.send(texts: ["", "Hi Boss"])
                #expect(try dealer.texts() == ["", order])
            }
            #expect(try boss.ending().status == 0)
        }
    }

    @Test("both kinds of workers send a libzmq boss the same", arguments: ["req", "dealer"])
    func worker(kind: String) throws {
        try Peers.use { peers in
            let (boss, endpoint) = try peers.bound(.router)
            let worker = try Program("guide", ["readiness", "\(kind)-worker", endpoint])
            for order in ["Work harder!", "Work harder!", "Fired!"] {
                let question = try boss.frames()
                #expect(Array(question.dropFirst()) == [[], Array("Hi Boss".utf8)])
                try boss.answer(question, order)
            }
            #expect(try worker.ending().output == "worker: completed 2 tasks\n")
        }
    }
}
