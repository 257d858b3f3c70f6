import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("Looking for messages before sleeping", .serialized)
struct SpinningTests {
    static let modes: [Spinning] = [.adaptive, .never, .always(upTo: .milliseconds(10))]

    private func inContext(_ spinning: Spinning, _ body: (Context) throws -> Void) throws {
        var options = ContextOptions()
        options.spinning = spinning
        options.defaultLinger = .discard
        let context = Context(options: options)
        defer { context.shutDown() }
        try body(context)
    }

    @Test("the option decides whether a wait looks, if there are two processors")
    func option() throws {
        let looks = Processors.count > 1
        try inContext(.always(upTo: .microseconds(7))) { context in
            var governor = context.core.makeSpinGovernor()
            let plan = governor.plan(after: 1, isAlone: true, now: 0)
            #expect(plan == SpinGovernor.Plan(look: looks ? 7000 : 0))
        }
        for spinning in [Spinning.never, .adaptive] {
            try inContext(spinning) { context in
                var governor = context.core.makeSpinGovernor()
                var hasLooked = false
                for step in 0..<100 as Range<Int64> {
                    let plan = governor.plan(after: 1, isAlone: true, now: step * 40_000)
                    governor.note(.slept)
                    if plan.look > 0 { hasLooked = true }
                }
                #expect(hasLooked == (spinning == .adaptive && looks))
            }
        }
    }

    @Test("a loop driven by hand never looks")
    func byHand() {
        var options = ContextOptions()
        options.spinning = .always(upTo: .milliseconds(10))
        let core = ContextCore(options: options, network: PrivateNetwork(), hasThreads: false)
        var governor = core.makeSpinGovernor()
        #expect(governor.plan(after: 1, isAlone: true, now: 0) == .sleep)
        core.shutDown()
    }

    @Test("no message is lost or late between looking and sleeping", arguments: modes, transports)
    func conversation(_ spinning: Spinning, _ endpoint: String) throws {
        try inContext(spinning) { context in
            let server = ReplySocket(context: context)
            let client = RequestSocket(context: context)
            try client.connect(try server.bind(endpoint))
            let rounds = 2000
            let thread = try SystemThread.start(name: "server") {
                for _ in 0..<rounds {
                    guard let request = try? server.receive(timeout: .seconds(20)) else { return }
                    try? server.send(request)
                }
            }
            for round in 0..<rounds {
                try client.send(Message("\(round)"))
                #expect(try client.receive(timeout: .seconds(20)) == Message("\(round)"))
            }
            thread.join()
        }
    }

    @Test("closing a socket ends a look, and so does a deadline", arguments: modes)
    func ends(_ spinning: Spinning) throws {
        try inContext(spinning) { context in
            for endpoint in ["inproc://ends", "tcp://127.0.0.1:*"] {
                let pull = PullSocket(context: context)
                try pull.bind(endpoint)
                for _ in 0..<50 {
                    #expect(code { _ = try pull.receive(timeout: .microseconds(500)) } == .timedOut)
                }
                let ending = Locked<ZeroMQError.Code?>(nil)
                let thread = try SystemThread.start(name: "receiver") {
                    let found = code { _ = try pull.receive() }
                    ending.withLock { $0 = found }
                }
                pull.close()
                thread.join()
                #expect(ending.withLock { $0 } == .socketClosed)
            }
        }
    }
}
