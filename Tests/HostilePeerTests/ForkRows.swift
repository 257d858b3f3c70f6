import Testing
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Processes that fork")
struct ForkRows {
    static let kinds: [Setting.Kind] = [.pull, .router, .xPublisher]

    @Test(
        "I10 in a forked child calls throw or return, and the parent goes on undisturbed",
        arguments: kinds,
        transports
    )
    func forked(kind: Setting.Kind, transport: String) throws {
        let subject = try Subject(Setting(kind), at: transport)
        for _ in 0..<3 {
            let outcomes = try subject.remote.ask("fork")
            let calls = [
                "bind", "bind inproc", "connect", "peers", "poll", "descriptor", "receive",
            ]
            #expect(outcomes.prefix(7) == calls.map { "\($0) processForked" }[...])
            let rest = ["events end", "close 0", "shutDown returns", "own context returns"]
            #expect(Array(outcomes.suffix(4)) == rest)
            // What the child tried to send or receive is missing nowhere, and nothing was added.
            try subject.exchange()
        }
        let bad = try subject.attack()
        bad.send(Wire.greeting() + Wire.ready("FOO"))
        try subject.expectRejection(of: bad)
    }

    @Test("a child that is forked while sockets are opened works, at whatever moment that was")
    func storm() throws {
        // What is made up when it is first needed is made up once in a process.
        for _ in 0..<Counts.pick(everyday: 5, full: 25) {
            let remote = try Remote(Setting(.push))
            #expect(try remote.ask("forks", "40") == ["0"])
        }
    }

    @Test("I10 a PUSH that was forked does not send", arguments: transports)
    func push(transport: String) throws {
        let subject = try Subject(Setting(.push), at: transport)
        let outcomes = try subject.remote.ask("fork")
        #expect(outcomes.contains("send processForked"))
        try subject.exchange()
    }
}
