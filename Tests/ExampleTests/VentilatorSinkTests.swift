import LibZMQ
import Testing

@Suite("The example ventilator-sink", .serialized)
struct VentilatorSinkTests {
    @Test("without arguments the batch is dealt out, worked off and collected")
    func alone() throws {
        let ending = try Program("ventilator-sink", []).ending()
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        #expect(ending.output.contains("Total expected cost: "))
        #expect(ending.output.contains("Total elapsed time: "))
    }

    @Test("the ventilator deals tasks out to a libzmq worker, once its sink knows of the batch")
    func ventilator() throws {
        try Peers.use { peers in
            let (sink, sinkEndpoint) = try peers.bound(.pull)
            let (endpoint, _) = try peers.freeEndpoints()
            let arguments = ["ventilator", endpoint, sinkEndpoint, "--workers", "1"]
            let ventilator = try Program("ventilator-sink", arguments)
            let worker = try peers.connected(.pull, to: endpoint)
            #expect(try sink.text() == "0")
            var cost = 0
            for _ in 1...100 { cost += try #require(Int(try worker.text())) }
            let ending = try ventilator.ending()
            #expect(ending.status == 0)
            #expect(ending.output == "Total expected cost: \(cost) msec\n")
        }
    }

    @Test("the worker works for a libzmq ventilator until it is told to stop")
    func worker() throws {
        try Peers.use { peers in
            let (ventilator, tasks) = try peers.bound(.push)
            let (sink, results) = try peers.bound(.pull)
            let (control, orders) = try peers.bound(.xPublisher)
            let worker = try Program("ventilator-sink", ["worker", tasks, results, orders])
            #expect(try control.text() == "\u{1}")
            for task in ["1", "no number", "2"] { try ventilator.send(task) }
            for _ in 1...3 { #expect(try sink.text() == "") }
            try control.send("KILL")
            #expect(try worker.ending().status == 0)
        }
    }

    @Test("the sink collects from a libzmq worker, and then stops it")
    func sink() throws {
        try Peers.use { peers in
            let (endpoint, control) = try peers.freeEndpoints()
            let sink = try Program("ventilator-sink", ["sink", endpoint, control])
            let orders = try peers.connected(.subscriber, to: control)
            // The sink meets this one after the subscriber, and hence with the subscription.
            let worker = try peers.connected(.push, to: endpoint)
            try worker.send("0")
            for _ in 1...100 { try worker.send("") }
            #expect(try orders.text() == "KILL")
            let ending = try sink.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasPrefix("Total elapsed time: "))
        }
    }

    @Test("every role that waits ends cleanly when it is interrupted")
    func interrupted() throws {
        try Peers.use { peers in
            let (sink, results) = try peers.bound(.pull)
            let handshakes = try peers.handshakes(of: sink)
            let (endpoint, _) = try peers.freeEndpoints()
            let ventilator = try Program("ventilator-sink", ["ventilator", endpoint, results])
            try handshakes.waitForOne()
            ventilator.interrupt()
            #expect(try ventilator.ending().status == 0)
        }
        try Peers.use { peers in
            let (_, tasks) = try peers.bound(.push)
            let (_, results) = try peers.bound(.pull)
            let (control, orders) = try peers.bound(.xPublisher)
            let worker = try Program("ventilator-sink", ["worker", tasks, results, orders])
            #expect(try control.text() == "\u{1}")
            worker.interrupt()
            #expect(try worker.ending().status == 0)
        }
        try Peers.use { peers in
            let (endpoint, control) = try peers.freeEndpoints()
            let sink = try Program("ventilator-sink", ["sink", endpoint, control])
            _ = try peers.connected(.push, to: endpoint)
            sink.interrupt()
            #expect(try sink.ending().status == 0)
        }
    }
}
