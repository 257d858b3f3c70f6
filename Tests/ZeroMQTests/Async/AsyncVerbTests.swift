import Testing
import ZeroMQ
import ZeroMQReactor

@Suite("Sockets in asynchronous code", .serialized, .tags(.threads))
struct AsyncVerbTests {
    @Test("messages pass between tasks", arguments: transports)
    func exchange(endpoint: String) async throws {
        try await inContext { context in
            let server = ReplySocket(context: context)
            let client = RequestSocket(context: context)
            try client.connect(server.bind(endpoint))
            async let answers: Void = {
                var count = 0
                for try await request in server.messages {
                    try await server.send(["World", request[0]])
                    count += 1
                    if count == 100 { return }
                }
            }()
            for number in 0..<100 {
                try await client.send("Hello \(number)")
                #expect(try await client.receive() == ["World", Frame("Hello \(number)")])
            }
            try await answers
        }
    }

    @Test(
        "several tasks send and several receive; each message arrives once",
        arguments: transports
    )
    func many(endpoint: String) async throws {
        try await inContext { context in
            let (senders, each) = (4, 2000)
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            push.sendHighWaterMark = 10
            pull.receiveHighWaterMark = 10
            try push.connect(pull.bind(endpoint))
            let count = Counter()
            let received = try await withThrowingTaskGroup(of: [String].self) { group in
                for sender in 0..<senders {
                    group.addTask {
                        for number in 0..<each { try await push.send("\(sender) \(number)") }
                        return []
                    }
                }
                for _ in 0..<3 {
                    group.addTask {
                        var taken: [String] = []
                        for try await message in pull.messages {
                            taken.append(String(message))
                            // The last of all ends it for the others.
                            if count.next() == senders * each { await pull.close() }
                        }
                        return taken
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let expected = (0..<senders).flatMap { sender in (0..<each).map { "\(sender) \($0)" } }
            #expect(received.sorted() == expected.sorted())
        }
    }

    @Test("time out as told, with nothing taken and nothing sent")
    func timeouts() async throws {
        try await inContext { context in
            let line = try Pipeline(context, mark: 1)
            let brief = Duration.milliseconds(20)
            #expect(await code { _ = try await line.pull.receive(timeout: brief) } == .timedOut)
            #expect(await code { _ = try await line.pull.receive(timeout: .zero) } == .timedOut)
            line.pull.receiveTimeout = brief
            #expect(await code { _ = try await line.pull.receive() } == .timedOut)
            let count = try line.fill()
            #expect(await code { try await line.push.send("late", timeout: brief) } == .timedOut)
            line.push.sendTimeout = brief
            #expect(await code { try await line.push.send("late") } == .timedOut)
            #expect(try line.drain() == count)
        }
    }

    @Test("closing and shutting down wake suspended tasks")
    func ends() async throws {
        for shutsDown in [false, true] {
            let context = Context()
            let line = try Pipeline(context, mark: 1)
            _ = try line.fill()
            let empty = PullSocket(context: context)
            let lonely = PushSocket(context: context)
            try lonely.connect("inproc://nobody")
            try await lonely.send("waiting for somebody")
            let tasks = [
                Task { await code { _ = try await empty.receive() } },
                Task { await code { for try await _ in empty.messages {} } },
                Task { await code { try await line.push.send("no room") } },
                Task { await code { try await lonely.flush() } },
                Task { await code { try await empty.waitForPeers() } },
            ]
            for _ in 0..<20 { await Task.yield() }
            line.push.linger = .discard
            lonely.linger = .discard
            if shutsDown {
                await context.shutDown()
            } else {
                await empty.close()
                await line.push.close()
                await lonely.close()
            }
            let ending = shutsDown ? ZeroMQError.Code.contextShutDown : .socketClosed
            for (index, task) in tasks.enumerated() {
                // The sequence takes a closed socket for its regular end.
                let expected = index == 1 && !shutsDown ? nil : ending
                #expect(await task.value == expected, "task \(index)")
            }
            await context.shutDown()
        }
    }

    @Test("no call goes on because the end of another socket has made room for it")
    func roomAtTheEnd() async throws {
        for _ in 0..<100 {
            let context = Context()
            let line = try Pipeline(context, mark: 1)
            _ = try line.fill()
            let sending = Task { await code { try await line.push.send("no room") } }
            for _ in 0..<5 { await Task.yield() }
            line.push.linger = .discard
            await context.shutDown()
            #expect(await sending.value == .contextShutDown)
        }
    }

    @Test("a thread and a task may wait for the same socket")
    func mixed() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            let thread = try Worker { try line.pull.next() }
            let task = Task { try await line.pull.receive() }
            for _ in 0..<20 { await Task.yield() }
            try await line.push.send("one")
            try await line.push.send("two")
            let both = Set([try thread.value(), try await task.value])
            #expect(both == ["one", "two"])
        }
    }

    @Test("no thread of the pool is blocked: more tasks wait than there are threads")
    func pool() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            let waiting = (0..<200).map { _ in Task { try await line.pull.receive() } }
            for number in 0..<200 { try await line.push.send("\(number)") }
            var received: Set<Message> = []
            for task in waiting { received.insert(try await task.value) }
            #expect(received.count == 200)
        }
    }
}

/// Counts what several tasks do.
private final class Counter: Sendable {
    private let count = Locked(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
