import Testing
import ZeroMQ

@Suite("Request and reply in one call", .serialized)
struct RequestTests {
    @Test(
        "a reply that comes too late is dropped, and the socket goes on",
        arguments: transports,
        [RequestCorrelation.connection, .id]
    )
    func late(endpoint: String, correlation: RequestCorrelation) async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            let client = RequestSocket(context: context)
            client.options.reconnect = impatient
            client.isCorrelated = correlation == .id
            try client.connect(server.bind(endpoint))
            for number in 0..<5 {
                let slow = Task { try await client.request("slow \(number)") }
                let late = try await server.receive(timeout: enough)
                #expect(late.count == (correlation == .id ? 4 : 3))
                slow.cancel()
                let failure = await failure { _ = try await slow.value }
                #expect(failure?.code == .cancelled && failure?.wasSent == true)
                try await server.send(late)
                let task = Task { try await client.request("quick \(number)", timeout: enough) }
                let answer = try await server.receive(timeout: enough)
                try await server.send(late)
                try await server.send(answer)
                #expect(try await task.value == Message("quick \(number)"))
            }
        }
    }

    @Test("a late reply is not taken for that of a plain request either")
    func plain() throws {
        try inContext { context in
            let server = ReplySocket(context: context)
            let client = RequestSocket(context: context)
            try client.connect(server.bind("inproc://server"))
            #expect(code { _ = try client.request("one", timeout: .zero) } == .timedOut)
            #expect(code { _ = try client.request("two", timeout: .milliseconds(1)) } == .timedOut)
            try client.put("three")
            for _ in 0..<3 {
                let request = try server.receive(timeout: .seconds(1))
                try server.put(request)
                if request == "three" { break }
            }
            #expect(try client.next() == "three")
        }
    }

    @Test("a connection that breaks under a request ends it", arguments: wires)
    func lost(endpoint: String) async throws {
        try await inContext { context in
            let other = Context()
            let server = RouterSocket(context: other)
            let client = RequestSocket(context: context)
            try client.connect(server.bind(endpoint))
            let task = Task { try await client.request("anybody there?", timeout: enough) }
            _ = try await server.receive(timeout: enough)
            await other.shutDown()
            #expect(await code { _ = try await task.value } == .notConnected)
        }
    }

    @Test("a reply that was sent before the connection ended still counts", arguments: wires)
    func farewell(endpoint: String) async throws {
        try await inContext { context in
            let other = Context()
            let server = RouterSocket(context: other)
            let client = RequestSocket(context: context)
            try client.connect(server.bind(endpoint))
            let task = Task { try await client.request("last words?", timeout: enough) }
            try await server.send(try await server.receive(timeout: enough))
            await other.shutDown()
            #expect(try await task.value == "last words?")
        }
    }

    @Test("many tasks may ask at the same time, each gets its own reply")
    func many() async throws {
        try await inContext { context in
            let server = ReplySocket(context: context)
            let client = RequestSocket(context: context)
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            let serving = Task {
                for try await request in server.messages { try await server.send(request) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let reply = try await client.request(Message("\(number)"), timeout: enough)
                        #expect(reply == Message("\(number)"))
                    }
                }
                try await group.waitForAll()
            }
            serving.cancel()
        }
    }

    @Test("a request made with send has to be finished first")
    func mixed() throws {
        try inContext { context in
            let server = ReplySocket(context: context)
            let client = RequestSocket(context: context)
            try client.connect(server.bind("inproc://server"))
            try client.put("plain")
            #expect(code { _ = try client.request("second") } == .invalidState)
            _ = try server.next()
            try server.put("reply")
            #expect(try client.next() == "reply")
            #expect(code { _ = try client.request("x", timeout: .milliseconds(1)) } == .timedOut)
        }
    }
}
