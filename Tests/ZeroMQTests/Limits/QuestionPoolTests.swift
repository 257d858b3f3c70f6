import Synchronization
import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Counts those who are at something, and holds them until it is opened.
private final class Hall: Sendable {
    private struct State {
        var inside = 0
        var most = 0
        var entries = 0
        var isOpen = false
    }

    private let state = Condition(State())

    var most: Int { state.state.most }
    var entries: Int { state.state.entries }

    func enter() {
        state.change {
            $0.inside += 1
            $0.entries += 1
            $0.most = max($0.most, $0.inside)
        }
    }

    func leave() { state.change { $0.inside -= 1 } }

    func open() { state.change { $0.isOpen = true } }

    /// Holds a thread until the hall is opened.
    func stay(_ context: ContextCore) {
        enter()
        let deadline = Deadline(.upTo(.seconds(60)), clock: context.clock)
        _ = state.wait(until: deadline, in: context) { $0.isOpen }
        leave()
    }

    func wait(for count: Int, _ context: ContextCore) -> Bool {
        let deadline = Deadline(.upTo(enough), clock: context.clock)
        return state.wait(until: deadline, in: context) { $0.inside >= count }
    }
}

@Suite("Questions to authenticators")
struct QuestionPoolTests {
    private static let hello = Wire.command("HELLO", [1, 0x61, 1, 0x61])

    private func inContext(_ body: (Context) throws -> Void) throws {
        var options = ContextOptions()
        options.maximumAuthentications = 4
        let context = Context(options: options)
        defer { context.shutDown() }
        try body(context)
    }

    private func server(_ context: Context, _ rule: Authenticator) throws -> (PullSocket, Endpoint)
    {
        let server = PullSocket(context: context)
        server.options.security = .plainServer
        server.options.authenticator = rule
        return (server, try server.bind("tcp://127.0.0.1:*"))
    }

    /// Strangers say what makes somebody ask about them.
    private func knock(_ count: Int, at endpoint: Endpoint) throws -> [RawPeer] {
        try (0..<count).map { _ in
            let peer = try RawPeer(connectingTo: endpoint.description)
            peer.send(Wire.greeting(mechanism: Array("PLAIN".utf8)) + Self.hello)
            // The greeting is answered at once, so that all have been heard of when this returns.
            _ = try peer.receive(64)
            return peer
        }
    }

    private func expectEnds(_ count: Int, of server: PullSocket) {
        for _ in 0..<count {
            let end = server.events.first { if case .handshakeFailed = $0 { true } else { false } }
            #expect(end != nil)
        }
    }

    private func expectService(by server: PullSocket, _ context: Context, _ endpoint: Endpoint)
        throws
    {
        let push = PushSocket(context: context)
        push.options.security = .plainClient(user: "a", password: "a")
        try push.connect(endpoint)
        try push.put("good")
        #expect(try server.next() == "good")
    }

    /// Keeps whoever asks until the hall is open, on a thread or in a task.
    private func rule(_ hall: Hall, _ core: ContextCore, suspends: Bool) -> Authenticator {
        guard suspends else {
            return Authenticator { _ in
                hall.stay(core)
                return .accept()
            }
        }
        // A task that does not care about being cancelled.
        return Authenticator(suspending: { _ in
            hall.enter()
            while !hall.isOpen { try? await Task.sleep(for: .milliseconds(1)) }
            hall.leave()
            return .accept()
        })
    }

    @Test(
        "strangers that ask and go have no more threads, or tasks, than there may be",
        arguments: [false, true]
    )
    func load(suspends: Bool) throws {
        try inContext { context in
            let hall = Hall()
            let core = context.core
            let (server, endpoint) = try server(context, rule(hall, core, suspends: suspends))
            let peers = try knock(60, at: endpoint)
            #expect(hall.wait(for: 4, core))
            for peer in peers { peer.close() }
            expectEnds(60, of: server)
            #expect(core.questions.load == (0, 4))
            hall.open()
            try expectService(by: server, context, endpoint)
            // Those who had gone before it was their turn were not asked about.
            #expect(hall.most == 4 && hall.entries == 5)
        }
    }

    @Test("a handler of ZAP has no more questions at a time than there may be")
    func zap() throws {
        try inContext { context in
            let handler = ReplySocket(context: context)
            try handler.bind("inproc://zeromq.zap.01")
            let (server, endpoint) = try server(context, .zap)
            let peers = try knock(60, at: endpoint)
            let first = try handler.next()
            for peer in peers { peer.close() }
            expectEnds(60, of: server)
            #expect(context.core.questions.load == (0, 4))
            // Three more wait at the handler, and nobody else will.
            let answer: Message = [first[0], first[1], "200", "OK", "joe", Frame()]
            try handler.put(answer)
            for _ in 0..<3 {
                _ = try handler.next()
                try handler.put(answer)
            }
            #expect(try handler.tryReceive() == nil)
        }
    }

    @Test("a handler of ours does not wait for the questions that wait for it")
    func nested() throws {
        try inContext { context in
            let handler = try ZAPHandler(
                context: context,
                otherwise: Authenticator { _ in .accept() }
            )
            let (server, endpoint) = try server(context, .zap)
            let clients = try (0..<8).map { number in
                let push = PushSocket(context: context)
                push.options.security = .plainClient(user: "a", password: "a")
                try push.connect(endpoint)
                try push.put(Message("\(number)"))
                return push
            }
            #expect(Set(try server.next(8).map { String($0[0]) }) == Set((0..<8).map(String.init)))
            for client in clients { client.close() }
            handler.close()
        }
    }

    // MARK: Without sockets

    /// Threads that the system grants or not.
    private final class Threads: Sendable {
        let bodies = Locked<[@Sendable () -> Void]>([])
        let refusals = Locked(0)

        func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
            let isRefused = refusals.withLock { count in
                guard count > 0 else { return false }
                count -= 1
                return true
            }
            if isRefused { throw SystemError.outOfThreads }
            bodies.withLock { $0.append(body) }
        }

        func run() {
            while let body = bodies.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { body() }
        }
    }

    @Test("without a thread a question is refused, unless one is at work that comes to it later")
    func noThread() {
        let threads = Threads()
        let pool = QuestionPool(most: 2) { body throws(SystemError) in try threads.start(body) }
        let outcome = Locked<[String]>([])
        func ask(_ name: String) -> Question {
            let question = Question()
            pool.answer(question, by: .blocking { outcome.withLock { $0.append(name) } }) { _ in
                outcome.withLock { $0.append("no \(name)") }
            }
            return question
        }
        threads.refusals.withLock { $0 = 1 }
        let refused = ask("a")
        #expect(outcome.withLock { $0 } == ["no a"])
        #expect(pool.load == (0, 0))
        let begun = ask("b")
        threads.refusals.withLock { $0 = 1 }
        let waiting = ask("c")
        #expect(pool.load == (1, 1))
        threads.run()
        #expect(outcome.withLock { $0 } == ["no a", "b", "c"])
        #expect(pool.load == (0, 0))
        withExtendedLifetime((refused, begun, waiting)) {}
    }

    @Test("who has withdrawn is not in line any more, and holds nobody up")
    func withdrawn() {
        let threads = Threads()
        let pool = QuestionPool(most: 1) { body throws(SystemError) in try threads.start(body) }
        let outcome = Locked<[Int]>([])
        let questions = (0..<1000).map { number in
            let question = Question()
            pool.answer(question, by: .blocking { outcome.withLock { $0.append(number) } }) { _ in }
            return question
        }
        #expect(pool.load == (999, 1))
        for question in questions.dropLast() { question.withdraw() }
        #expect(pool.load == (1, 1))
        threads.run()
        #expect(outcome.withLock { $0 } == [999])
        #expect(pool.load == (0, 0))
    }
}

extension Hall {
    fileprivate var isOpen: Bool { state.state.isOpen }
}

extension SystemError {
    fileprivate static var outOfThreads: SystemError { SystemError(errno: 11) }
}
