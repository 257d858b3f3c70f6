import Testing
import ZeroMQ

@Suite("Sockets in a scope, waits that may be in vain, errors among others")
struct ScopeTests {
    struct Foreign: Error {}

    struct ForeignCode: Error, Equatable {
        let number: Int
        static let timedOut = ForeignCode(number: 110)
    }

    @Test("a scope closes its socket on every way out, after its linger")
    func scope() async throws {
        try await inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let kept = try await withSocket(PushSocket(context: context)) { push in
                try push.connect(endpoint)
                try await push.send("sent before the end")
                return push
            }
            #expect(await code { try await kept.send("x") } == .socketClosed)
            #expect(try await pull.receive(timeout: .seconds(10)) == "sent before the end")
            var failed: PushSocket?
            do {
                try await withSocket(PushSocket(context: context), linger: .discard) { push in
                    failed = push
                    throw Foreign()
                }
                Issue.record("the error of the body did not come out of its scope")
            } catch {
                #expect(error is Foreign)
            }
            let closed = try #require(failed)
            #expect(await code { try await closed.send("x") } == .socketClosed)
        }
    }

    @Test("a scope of several sockets closes all of them on every way out")
    func scopeOfSeveral() async throws {
        try await inContext { context in
            let kept = try await withSockets(
                PushSocket(context: context),
                PullSocket(context: context),
                PairSocket(context: context)
            ) { push, pull, pair in
                try push.connect(pull.bind("tcp://127.0.0.1:*"))
                try await push.send("x")
                #expect(try await pull.receive(timeout: .seconds(10)) == "x")
                return (push, pull, pair)
            }
            #expect(await code { try await kept.0.send("x") } == .socketClosed)
            #expect(await code { _ = try await kept.1.receive() } == .socketClosed)
            #expect(await code { try await kept.2.send("x") } == .socketClosed)
            var failed: PullSocket?
            await #expect(throws: Foreign.self) {
                try await withSockets(
                    PushSocket(context: context),
                    PullSocket(context: context),
                    linger: .discard
                ) { _, pull in
                    failed = pull
                    throw Foreign()
                }
            }
            let closed = try #require(failed)
            #expect(await code { _ = try await closed.receive() } == .socketClosed)
        }
    }

    @Test("the linger of a scope counts as well when the context ends before the scope does")
    func lingerAtShutdown() async throws {
        let context = Context()
        let clock = ContinuousClock()
        let time = try await withSocket(PairSocket(context: context), linger: .discard) { pair in
            // Nobody is there, and nobody will come: by itself the socket would wait for 30 s.
            try pair.connect("tcp://127.0.0.1:1")
            try await pair.send("never sent")
            return await clock.measure { await context.shutDown() }
        }
        #expect(time < .seconds(10))
    }

    @Test("that nothing comes for a while is no error")
    func within() async throws {
        try await inContext { context in
            let line = try Pipeline(context, mark: 1)
            #expect(try await line.pull.receive(within: .milliseconds(5)) == nil)
            let passed = ContinuousClock.now - .seconds(1)
            #expect(try await line.pull.receive(until: passed) == nil)
            try await line.push.send("x", until: .now + .seconds(5))
            #expect(try await line.pull.receive(until: passed) == "x")
            _ = try line.fill()
            #expect(await code { try await line.push.send("y", until: passed) } == .timedOut)
            await line.pull.close()
            let closed = await code { _ = try await line.pull.receive(within: .seconds(5)) }
            #expect(closed == .socketClosed)
        }
    }

    @Test("a kind of error is caught where other errors come as well")
    func patterns() async throws {
        func caught(_ error: any Error) -> String {
            do {
                throw error
            } catch ZeroMQError.Code.timedOut {
                return "timed out"
            } catch {
                return "other"
            }
        }
        #expect(caught(ZeroMQError(.timedOut, "late")) == "timed out")
        #expect(caught(ZeroMQError(.socketClosed, "closed")) == "other")
        #expect(caught(Foreign()) == "other")
        // A pattern of somebody else's that has the same name keeps its meaning.
        switch ForeignCode.timedOut {
        case .timedOut: break
        default: Issue.record("a foreign pattern was taken for a kind of ZeroMQError")
        }
    }

    @Test("messages are sent and received without copies in between, in asynchronous code too")
    func copying() async throws {
        try await inContext { context in
            let line = try Pipeline(context, mark: 1)
            let bytes = [UInt8](repeating: 3, count: 100)
            try await line.push.send(copying: bytes.span.bytes)
            var message = Message()
            try await line.pull.receive(into: &message)
            #expect(message == Message(bytes))
            let count = try line.fill()
            async let blocked: Void = line.push.send(copying: bytes.span.bytes)
            for _ in 0..<count { _ = try await line.pull.receive() }
            try await blocked
            try await line.pull.receive(into: &message, timeout: .seconds(5))
            #expect(message == Message(bytes))
        }
    }

    @Test("a task that always finds a message lets others have its thread")
    func turns() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            // All on one thread: another task of the actor runs only if the first one lets it.
            let runs = await Task { @MainActor in
                var isOver = false
                let other = Task { @MainActor in isOver = true }
                var rounds = 0
                while !isOver, rounds < 100_000 {
                    rounds += 1
                    do {
                        try await line.push.send("x")
                        _ = try await line.pull.receive()
                    } catch {
                        break
                    }
                }
                await other.value
                return rounds
            }.value
            #expect(runs < 1000)
        }
    }
}
