import Testing
import ZeroMQ
import ZeroMQReactor
import ZeroMQTestSupport

@Suite("REQ and servers that are not there", .serialized)
struct AbsentServerTests {
    @Test("a dead endpoint beside a living one swallows nothing", arguments: Transport.allCases)
    func deadEndpoint(transport: Transport) async throws {
        try await inContext { context in
            let (dead, living) = (try transport.place(context), try transport.place(context))
            for order in [[dead, living], [living, dead]] {
                let (server, client) = (
                    ReplySocket(context: context), RequestSocket(context: context)
                )
                try server.bind(living)
                // Before anybody is there, as after.
                for endpoint in order { try client.connect(endpoint) }
                let echo = Task {
                    for try await request in server.messages { try await server.send(request) }
                }
                for number in 0..<20 {
                    let question = Message("\(number)")
                    #expect(try await client.request(question, timeout: enough) == question)
                }
                for number in 0..<20 {
                    let question = Message("\(number)")
                    try await client.send(question, timeout: enough)
                    #expect(try await client.receive(timeout: enough) == question)
                }
                echo.cancel()
                await client.close()
                await server.close()
            }
        }
    }

    @Test("a time-out says who is not there, and why")
    func whoIsNotThere() async throws {
        try await inContext { context in
            let (first, second) = (
                try Transport.tcp.place(context), try Transport.inproc.place(context)
            )
            let client = RequestSocket(context: context)
            client.options.reconnect = impatient
            try client.connect(first)
            try client.connect(second)
            let refused = client.events.first {
                if case .connectFailed = $0 { true } else { false }
            }
            #expect(refused != nil)
            let error = try #require(
                await failure { _ = try await client.request("x", timeout: .milliseconds(20)) }
            )
            #expect(error.code == .timedOut && error.wasSent == false)
            #expect(error.endpoint == first)
            #expect(error.systemErrno == SystemError.connectionRefused.errno)
            for text in ["\(first)", "\(second)", "ECONNREFUSED", "attempt", "nobody is bound"] {
                #expect("\(error)".contains(text), "\(error)")
            }
        }
    }

    @Test("who waits in line only is told so")
    func line() async throws {
        try await inContext { context in
            let (server, client) = (ReplySocket(context: context), RequestSocket(context: context))
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            let first = Task { try await client.request("first", timeout: enough) }
            #expect(try await server.receive(timeout: enough) == "first")
            let second = await failure {
                _ = try await client.request("second", timeout: .milliseconds(20))
            }
            #expect(second?.code == .timedOut && second?.wasSent == false)
            #expect("\(try #require(second))".contains("in line"))
            let third = Task { try await client.request("third") }
            third.cancel()
            #expect(await failure { _ = try await third.value }?.wasSent == false)
            try await server.send("answer")
            #expect(try await first.value == "answer")
            #expect(server.statistics.messagesReceived == 1)
        }
    }

    @Test("a request sent before anybody is there is in the books, and lingers")
    func held() throws {
        for transport in Transport.allCases {
            try transport.run { context, place in
                let client = RequestSocket(context: context)
                client.options.reconnect = impatient
                try client.connect(place)
                try client.put("early")
                #expect(client.statistics.messagesSent == 1)
                #expect(client.statistics.messagesQueuedToSend == 1)
                #expect(code { try client.flush(timeout: .zero) } == .timedOut)
                let server = RouterSocket(context: context)
                let closing = try Worker { client.close(linger: .wait(upTo: enough)) }
                #expect(eventually { client.isClosing })
                try server.bind(place)
                #expect(try server.next()[2] == "early")
                #expect(try closing.value() == 0)
                #expect(client.statistics.messagesSent == 1)
                #expect(client.statistics.dropped.isEmpty)
            }
        }
    }

    @Test("what is held goes with the last endpoint, and the books balance")
    func disconnected() throws {
        for transport in Transport.allCases {
            try transport.run { context, place in
                let client = RequestSocket(context: context)
                client.linger = .discard
                try client.connect(place)
                try client.put("early")
                try client.disconnect(place)
                #expect(eventually { client.statistics.dropped == [.lingerExpired: 1] })
                #expect(client.statistics.messagesSent == 1)
                #expect(client.statistics.messagesQueuedToSend == 0)
            }
        }
    }

    @Test("a request to an endpoint that is given up fails at once", arguments: Transport.allCases)
    func givenUp(transport: Transport) throws {
        try transport.run { context, place in
            let client = RequestSocket(context: context)
            client.options.reconnect = .never
            client.options.reconnectStops = [.connectionRefused, .afterDisconnect]
            if transport == .inproc {
                let server = ReplySocket(context: context)
                try server.bind(place)
                try client.connect(place)
                server.close()
            } else {
                try client.connect(place)
            }
            let asking = try Worker { try client.request("x") }
            let error = #expect(throws: ZeroMQError.self) { _ = try asking.value() }
            #expect(error?.code == .notConnected && error?.wasSent == false)
            #expect(code { try client.send("y") } == .notConnected)
            let push = PushSocket(context: context)
            push.options.reconnect = .never
            push.options.reconnectStops = [.connectionRefused, .afterDisconnect]
            if transport == .inproc {
                let pull = PullSocket(context: context)
                try pull.bind(place)
                try push.connect(place)
                pull.close()
            } else {
                try push.connect(place)
                let isGone = push.events.first { $0 == .closed(place) }
                #expect(isGone != nil)
            }
            #expect(code { try push.send("y") } == .notConnected)
        }
    }
}
