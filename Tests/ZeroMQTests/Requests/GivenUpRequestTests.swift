import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Requests that are given up", .serialized, .tags(.threads))
struct GivenUpRequestTests {
    @Test(
        "what was given up while no server was there never reaches one",
        arguments: Transport.allCases,
        [RequestCorrelation.connection, .id]
    )
    func absent(transport: Transport, correlation: RequestCorrelation) async throws {
        try await inContext { context in
            let place = try transport.place(context)
            let client = RequestSocket(context: context)
            client.options.reconnect = impatient
            try client.connect(place)
            for number in 0..<30 {
                let error = await failure {
                    _ = try await client.request(
                        Message("\(number)"),
                        timeout: .milliseconds(2),
                        correlation: correlation
                    )
                }
                #expect(error?.code == .timedOut && error?.wasSent == false)
            }
            let cancelled = Task { try await client.request("30", correlation: correlation) }
            #expect(eventually { client.statistics.messagesQueuedToSend == 1 })
            cancelled.cancel()
            let error = await failure { _ = try await cancelled.value }
            #expect(error?.code == .cancelled && error?.wasSent == false)
            #expect(client.statistics.messagesQueuedToSend == 0)
            #expect(client.statistics.messagesSent == 31)
            #expect(client.statistics.dropped == [.withdrawn: 31])
            let server = ReplySocket(context: context)
            try server.bind(place)
            let last = Task { try await client.request("last", timeout: enough) }
            #expect(try await server.receive(timeout: enough) == "last")
            try await server.send("done")
            #expect(try await last.value == "done")
            #expect(server.statistics.messagesReceived == 1)
        }
    }

    @Test("once a server may have it, the error says so", arguments: transports)
    func received(endpoint: String) async throws {
        try await inContext { context in
            let (server, client) = (ReplySocket(context: context), RequestSocket(context: context))
            try client.connect(server.bind(endpoint))
            let task = Task { try await client.request("pay") }
            #expect(try await server.receive(timeout: enough) == "pay")
            task.cancel()
            let cancelled = await failure { _ = try await task.value }
            #expect(cancelled?.code == .cancelled && cancelled?.wasSent == true)
            #expect("\(try #require(cancelled))".contains("whether it is carried out is not known"))
            try await server.send("paid")
            let late = Task { try await client.request("pay", timeout: .milliseconds(200)) }
            #expect(try await server.receive(timeout: enough) == "pay")
            let timedOut = await failure { _ = try await late.value }
            #expect(timedOut?.code == .timedOut && timedOut?.wasSent == true)
            #expect("\(try #require(timedOut))".contains("whether it is carried out is not known"))
        }
    }

    @Test("over inproc, what the server has not received is taken back")
    func unread() async throws {
        try await inContext { context in
            let (server, client) = (ReplySocket(context: context), RequestSocket(context: context))
            try client.connect(server.bind("inproc://server"))
            for number in 0..<5 {
                let error = await failure {
                    _ = try await client.request(Message("\(number)"), timeout: .milliseconds(2))
                }
                #expect(error?.wasSent == false)
            }
            let task = Task { try await client.request("last", timeout: enough) }
            #expect(try await server.receive(timeout: enough) == "last")
            try await server.send("done")
            #expect(try await task.value == "done")
            #expect(server.statistics.messagesReceived == 6)
            #expect(server.statistics.dropped == [.withdrawn: 5])
            #expect(client.statistics.reconnects == 0)
        }
    }

    @Test(
        "what a peer takes only in part is taken back",
        arguments: [RequestCorrelation.connection, .id]
    )
    func partly(correlation: RequestCorrelation) async throws {
        try await inContext { context in
            let client = RequestSocket(context: context)
            client.options.reconnect = impatient
            let server = try RawServer()
            try client.connect(server.endpoint)
            let peer = try server.accept()
            try peer.shakeHands(as: "REP")
            // Much more than buffers hold, to a peer that reads nothing.
            let large = Message(Array(repeating: UInt8(1), count: 64 << 20))
            let error = await failure {
                _ = try await client.request(
                    large,
                    timeout: .milliseconds(300),
                    correlation: correlation
                )
            }
            #expect(error?.code == .timedOut && error?.wasSent == false)
            #expect(eventually { client.statistics.dropped == [.withdrawn: 1] })
            let next = try server.accept()
            try next.shakeHands(as: "REP")
            let task = Task { try await client.request("small", correlation: correlation) }
            let frames = try (0..<(correlation == .id ? 3 : 2)).map { _ in try next.receiveFrame() }
            #expect(frames.last?.text == "small")
            task.cancel()
        }
    }

    @Test("after a request was given up the connection is made again, whatever is said of losses")
    func renewed() async throws {
        for transport in Transport.allCases {
            try await inContext { context in
                let server = RouterSocket(context: context)
                let place = try transport.place(context)
                try server.bind(place)
                let client = RequestSocket(context: context)
                client.options.reconnect = .never
                client.options.reconnectStops = .afterDisconnect
                try client.connect(place)
                for number in 0..<3 {
                    let task = Task { try await client.request(Message("\(number)")) }
                    let question = try await server.receive(timeout: enough)
                    #expect(question.count == 3 && question[1].isEmpty)
                    #expect(question[2] == Frame("\(number)"))
                    task.cancel()
                    #expect(await failure { _ = try await task.value }?.wasSent == true)
                }
            }
        }
    }

    @Test("a relaxed socket without ids takes no reply for another", arguments: transports)
    func relaxed(endpoint: String) throws {
        try inContext { context in
            let (server, client) = (RouterSocket(context: context), RequestSocket(context: context))
            client.options.reconnect = impatient
            client.isRelaxed = true
            try client.connect(server.bind(endpoint))
            try client.put("first")
            let first = try server.next()
            try client.put("second")
            let second = try server.next()
            #expect(first[0] != second[0] && second.count == 3)
            try server.put(first)
            try server.put(second)
            #expect(try client.next() == "second")
        }
    }

    @Test("a late reply that has arrived is not taken by the next request", arguments: transports)
    func arrived(endpoint: String) throws {
        try inContext { context in
            let (server, client) = (RouterSocket(context: context), RequestSocket(context: context))
            client.options.reconnect = impatient
            client.isRelaxed = true
            try client.connect(server.bind(endpoint))
            try client.put("first")
            try server.put(try server.next())
            #expect(eventually { client.statistics.messagesQueuedToReceive == 1 })
            try client.put("second")
            try server.put(try server.next())
            #expect(try client.next() == "second")
            #expect(client.statistics.dropped == [.lateReply: 1])
        }
    }

    @Test("where a late reply would follow the routing id, the call is refused")
    func named() throws {
        try inContext { context in
            let (server, client) = (RouterSocket(context: context), RequestSocket(context: context))
            client.options.routingID = "client"
            client.isRelaxed = true
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            #expect(code { _ = try client.request("x", timeout: enough) } == .invalidOption)
            try client.put("first")
            #expect(code { try client.put("second") } == .invalidOption)
            client.isCorrelated = true
            let asking = try Worker { try client.request("x", timeout: enough) }
            while true {
                let question = try server.next()
                try server.put(question)
                if question.count == 4 { break }
            }
            #expect(try asking.value() == "x")
        }
    }
}
