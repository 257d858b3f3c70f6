import Testing
import ZeroMQ
import ZeroMQReactor
import ZeroMQTestSupport

@Suite("Requests side by side", .serialized, .tags(.threads))
struct RequestClientTests {
    @Test("a thousand requests of 100 ms take about as long as one", arguments: transports)
    func sideBySide(endpoint: String) async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            server.sendHighWaterMark = .unlimited
            let client = RequestClient(context: context)
            try client.connect(server.bind(endpoint))
            let serving = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for try await request in server.messages {
                        group.addTask {
                            try await Task.sleep(for: .milliseconds(100))
                            try await server.send(request)
                        }
                    }
                }
            }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let question = Message("\(number)")
                        let reply = try await client.request(question, timeout: enough)
                        #expect(reply == question)
                    }
                }
                try await group.waitForAll()
            }
            let taken = ContinuousClock.now - start
            #expect(taken >= .milliseconds(100) && taken < .seconds(5))
            #expect(client.statistics.answered == 1000 && client.statistics.underWay == 0)
            serving.cancel()
        }
    }

    @Test(
        "REP answers either way of telling replies apart",
        arguments: transports,
        [RequestMatching.id, .order]
    )
    func reply(endpoint: String, matching: RequestMatching) async throws {
        try await inContext { context in
            let server = ReplySocket(context: context)
            let client = RequestClient(matching: matching, context: context)
            try client.connect(server.bind(endpoint))
            let serving = Task {
                for try await request in server.messages { try await server.send(request) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let question: Message = [Frame("\(number)"), "", "part"]
                        let reply = try await client.request(question, timeout: enough)
                        #expect(reply == question)
                    }
                }
                try await group.waitForAll()
            }
            serving.cancel()
        }
    }

    @Test(
        "what was given up is delivered to nobody",
        arguments: transports,
        [RequestMatching.id, .order]
    )
    func late(endpoint: String, matching: RequestMatching) async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            let client = RequestClient(matching: matching, context: context)
            try client.connect(server.bind(endpoint))
            for number in 0..<5 {
                let slow = Task { try await client.request("slow \(number)") }
                let late = try await server.receive(timeout: enough)
                #expect(late.count == (matching == .id ? 4 : 3))
                slow.cancel()
                let error = await failure { _ = try await slow.value }
                #expect(error?.code == .cancelled && error?.wasSent == true)
                let quick = Task { try await client.request("quick \(number)", timeout: enough) }
                let question = try await server.receive(timeout: enough)
                try await server.send(late)
                try await server.send(question)
                #expect(try await quick.value == Message("quick \(number)"))
            }
            #expect(client.statistics.lateReplies == 5)
            #expect(client.statistics.answered == 5 && client.statistics.failed == 5)
        }
    }

    @Test("while no server is there nothing is queued for one", arguments: Transport.allCases)
    func absent(transport: Transport) async throws {
        try await inContext { context in
            let place = try transport.place(context)
            let client = RequestClient(context: context)
            client.options.reconnect = impatient
            try client.connect(place)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        let error = await failure {
                            _ = try await client.request("stale", timeout: .milliseconds(5))
                        }
                        #expect(error?.code == .timedOut && error?.wasSent == false)
                        #expect(error?.endpoint == place)
                    }
                }
            }
            let last = Task { try await client.request("last", timeout: enough) }
            let server = ReplySocket(context: context)
            try server.bind(place)
            #expect(try await server.receive(timeout: enough) == "last")
            try await server.send("done")
            #expect(try await last.value == "done")
            #expect(server.statistics.messagesReceived == 1)
        }
    }

    @Test("a lost request is sent to another server if that does no harm", arguments: wires)
    func lost(endpoint: String) async throws {
        try await inContext { context in
            let other = Context()
            let (dying, living) = (ReplySocket(context: other), ReplySocket(context: context))
            let client = RequestClient(context: context)
            try client.connect(dying.bind(endpoint))
            let harmful = Task { try await client.request("harmful") }
            #expect(try await dying.receive(timeout: enough) == "harmful")
            try await dying.send("")
            #expect(try await harmful.value == "")
            let once = Task { try await client.request("once", timeout: enough) }
            #expect(try await dying.receive(timeout: enough) == "once")
            await other.shutDown()
            let error = await failure { _ = try await once.value }
            #expect(error?.code == .notConnected && error?.wasSent == true)

            let third = Context()
            let frail = ReplySocket(context: third)
            let client2 = RequestClient(context: context)
            try client2.connect(frail.bind(endpoint))
            let again = Task {
                try await client2.request("again", timeout: enough, retry: .idempotent())
            }
            #expect(try await frail.receive(timeout: enough) == "again")
            try client2.connect(living.bind("inproc://living"))
            await third.shutDown()
            #expect(try await living.receive(timeout: enough) == "again")
            try await living.send("done")
            #expect(try await again.value == "done")
            #expect(client2.statistics.retries == 1)
        }
    }

    @Test("a server that says nothing is passed over", arguments: [RequestMatching.id, .order])
    func silent(matching: RequestMatching) async throws {
        try await inContext { context in
            let (silent, living) = (RouterSocket(context: context), ReplySocket(context: context))
            let client = RequestClient(matching: matching, context: context)
            try client.connect(silent.bind("tcp://127.0.0.1:*"))
            try client.connect(living.bind("tcp://127.0.0.1:*"))
            #expect(eventually { client.peerCount == 2 })
            let serving = Task {
                for try await request in living.messages { try await living.send(request) }
            }
            for number in 0..<20 {
                let question = Message("\(number)")
                let reply = try await client.request(
                    question,
                    timeout: enough,
                    retry: .idempotent(attempts: 3, patience: .milliseconds(100))
                )
                #expect(reply == question)
            }
            // It was asked once, and perhaps again after a while.
            #expect((1...5).contains(silent.statistics.messagesQueuedToReceive))
            serving.cancel()
        }
    }

    @Test("by order, a routing id would lead late replies to the next connection")
    func named() throws {
        try inContext { context in
            let client = RequestClient(matching: .order, context: context)
            client.options.routingID = "client"
            #expect(code { try client.connect("tcp://127.0.0.1:1") } == .invalidOption)
            client.close()
        }
    }

    @Test("only so many requests are under way")
    func bounded() async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            let client = RequestClient(maximumRequests: 3, context: context)
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            let tasks = (0..<3).map { _ in Task { try await client.request("x") } }
            #expect(eventually { client.statistics.underWay == 3 })
            let error = await failure { _ = try await client.request("y") }
            #expect(error?.code == .resourceExhausted && error?.wasSent == false)
            for task in tasks { task.cancel() }
            for task in tasks { #expect(await failure { _ = try await task.value } != nil) }
            #expect(client.statistics.underWay == 0)
        }
    }

    @Test("a server that owes too many replies in order loses its connection")
    func owing() async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            let client = RequestClient(matching: .order, maximumRequests: 2, context: context)
            client.options.reconnect = impatient
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            for number in 0..<12 {
                let task = Task { try await client.request(Message("\(number)")) }
                let question = try await server.receive(timeout: enough)
                #expect(question[2] == Frame("\(number)"))
                task.cancel()
                #expect(await failure { _ = try await task.value }?.wasSent == true)
            }
            #expect(client.socketStatistics.reconnects >= 2)
        }
    }

    @Test("closing ends what is under way, and what comes after")
    func close() async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            let client = RequestClient(context: context)
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            let task = Task { try await client.request("x") }
            _ = try await server.receive(timeout: enough)
            await client.close()
            let error = await failure { _ = try await task.value }
            #expect(error?.code == .socketClosed && error?.wasSent == true)
            let after = await failure { _ = try await client.request("y") }
            #expect(after?.code == .socketClosed && after?.wasSent == false)
        }
    }

    @Test("threads may ask as well")
    func threads() throws {
        try inContext { context in
            let server = ReplySocket(context: context)
            let client = RequestClient(context: context)
            let proxy = Proxy(frontend: server)
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            let serving = try Worker { try proxy.run() }
            let asking = try (0..<8).map { thread in
                try Worker {
                    for number in 0..<50 {
                        let question = Message("\(thread) \(number)")
                        let reply = try client.request(question, timeout: enough)
                        #expect(reply == question)
                    }
                }
            }
            for worker in asking { try worker.value() }
            proxy.terminate()
            try serving.value()
            client.close()
        }
    }

    @Test("a client that nobody mentions any more closes its socket")
    func forgotten() throws {
        try inContext { context in
            let server = RouterSocket(context: context)
            let endpoint = try server.bind("tcp://127.0.0.1:*")
            try RequestClient(context: context).connect(endpoint)
            let client = RequestClient(context: context)
            try client.connect(endpoint)
            #expect(eventually { server.peerCount == 1 && client.peerCount == 1 })
            client.close()
        }
    }
}
