import Testing
import ZeroMQ

@Suite("Proxies between sockets that keep step", .serialized)
struct LockStepProxyTests {
    @Test("a REP at both ends answers every request with itself", arguments: transports)
    func echo(endpoint: String) throws {
        try inContext { context in
            let server = ReplySocket(context: context)
            let bound = try server.bind(endpoint)
            let proxy = Proxy(frontend: server)
            let running = try Worker { try proxy.run() }
            let clients = (0..<3).map { _ in RequestSocket(context: context) }
            for client in clients { try client.connect(bound) }
            for number in 0..<50 {
                for (index, client) in clients.enumerated() {
                    try client.put(["\(index)", "\(number)"])
                }
                for (index, client) in clients.enumerated() {
                    #expect(try client.next() == ["\(index)", "\(number)"])
                }
            }
            proxy.terminate()
            try running.value()
            #expect(proxy.statistics.fromFrontend.messages == 150)
            #expect(proxy.statistics.toBackend.messages == 150)
            #expect(proxy.statistics.rejected == 0)
        }
    }

    @Test("REP in front and REQ behind pass one request at a time", arguments: [false, true])
    func lockStep(captures: Bool) throws {
        try inContext { context in
            let (front, back) = (ReplySocket(context: context), RequestSocket(context: context))
            let capture = PublisherSocket(context: context)
            let bound = try front.bind("inproc://front")
            let server = ReplySocket(context: context)
            try back.connect(server.bind("inproc://back"))
            let proxy = Proxy(
                frontend: front,
                backend: back,
                capture: captures ? capture : nil
            )
            let running = try Worker { try proxy.run() }
            let clients = (0..<3).map { _ in RequestSocket(context: context) }
            for client in clients { try client.connect(bound) }
            // All of them ask at once: each has to get the answer to its own question.
            for round in 0..<20 {
                for (index, client) in clients.enumerated() {
                    try client.put(Message("\(index) \(round)"))
                }
                for _ in clients {
                    let question = try server.next()
                    try server.put(["answer to", question[0]])
                }
                for (index, client) in clients.enumerated() {
                    #expect(try client.next() == ["answer to", Frame("\(index) \(round)")])
                }
            }
            proxy.terminate()
            try running.value()
        }
    }
}
