import Testing
import ZeroMQ

/// Cancellation meets a wake-up, ten thousand times: nothing is lost and nothing comes twice.
@Suite("Cancellation of tasks that wait", .serialized, .tags(.threads))
struct CancellationTests {
    static let races = 10_000

    /// Gives the other tasks between none and a few turns.
    private static func pause(_ random: inout SeededGenerator) async {
        for _ in 0..<Int.random(in: 0..<4, using: &random) { await Task.yield() }
    }

    private static func received(_ task: Task<Message, any Error>) async throws -> Int {
        do {
            _ = try await task.value
            return 1
        } catch let error as ZeroMQError {
            #expect(error.code == .cancelled)
            return 0
        }
    }

    @Test("a cancelled receive has taken nothing")
    func receiving() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            var total = 0
            for seed in 0..<Self.races {
                var random = SeededGenerator(seed: UInt64(seed))
                let task = Task { try await line.pull.receive() }
                await Self.pause(&random)
                let cancelsFirst = Bool.random(using: &random)
                if cancelsFirst { task.cancel() }
                #expect(try line.push.trySend("message"))
                await Self.pause(&random)
                task.cancel()
                let taken = try await Self.received(task)
                let left = try line.drain()
                try #require(taken + left == 1, "seed \(seed): \(taken) taken, \(left) left")
                total += taken
            }
            // Both sides win now and then, or this was no race.
            #expect((1..<Self.races).contains(total))
        }
    }

    @Test("what a cancelled receive did not take reaches another one")
    func handingOn() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            for seed in 0..<Self.races {
                var random = SeededGenerator(seed: UInt64(seed))
                let first = Task { try await line.pull.receive() }
                let second = Task { try await line.pull.receive() }
                await Self.pause(&random)
                #expect(try line.push.trySend("message"))
                await Self.pause(&random)
                first.cancel()
                let taken = try await Self.received(first)
                // If the first one has it, the second one goes on waiting, for this.
                if taken == 1 { #expect(try line.push.trySend("another")) }
                _ = try await second.value
                try #require(try line.drain() == 0, "seed \(seed)")
            }
        }
    }

    @Test("a cancelled send has sent nothing, or all")
    func sending() async throws {
        try await inContext { context in
            let line = try Pipeline(context, mark: 1)
            var total = 0
            for seed in 0..<Self.races {
                var random = SeededGenerator(seed: UInt64(seed))
                let filling = try line.fill()
                let task = Task { () -> Int in
                    do {
                        try await line.push.send(["a", "message"])
                        return 1
                    } catch let error as ZeroMQError {
                        #expect(error.code == .cancelled)
                        return 0
                    }
                }
                await Self.pause(&random)
                if Bool.random(using: &random) { task.cancel() }
                var taken = try line.pull.tryReceive() == nil ? 0 : 1
                await Self.pause(&random)
                task.cancel()
                let sent = try await task.value
                taken += try line.drain()
                try #require(taken == filling + sent, "seed \(seed): \(taken), \(sent) sent")
                total += sent
            }
            #expect((1..<Self.races).contains(total))
        }
    }

    @Test("a request given up leaves the socket ready for the next, and no reply is mixed up")
    func requesting() async throws {
        try await inContext { context in
            let server = RouterSocket(context: context)
            let client = RequestSocket(context: context)
            try client.connect(server.bind("inproc://server"))
            let answering = Task {
                for try await request in server.messages { try await server.send(request) }
            }
            for seed in 0..<1000 {
                var random = SeededGenerator(seed: UInt64(seed))
                let task = Task { try await client.request("number \(seed)") }
                await Self.pause(&random)
                task.cancel()
                _ = try? await task.value
                let reply = try await client.request("after \(seed)", timeout: enough)
                try #require(reply == "after \(seed)")
            }
            answering.cancel()
            #expect(await code { try await answering.value } == .cancelled)
        }
    }

    @Test("a task that is cancelled already takes and sends nothing")
    func beforehand() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            try await line.push.send("waiting")
            let task = Task { () -> [ZeroMQError.Code?] in
                while !Task.isCancelled { await Task.yield() }
                return await [
                    code { _ = try await line.pull.receive() },
                    code { for try await _ in line.pull.messages {} },
                    code { try await line.push.send("more") },
                ]
            }
            task.cancel()
            #expect(await task.value == [.cancelled, .cancelled, .cancelled])
            #expect(try line.drain() == 1)
        }
    }
}
