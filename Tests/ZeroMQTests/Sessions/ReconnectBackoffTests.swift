import Testing

@testable import ZeroMQ

@Suite("ReconnectBackoff")
struct ReconnectBackoffTests {
    private static let policy = ReconnectPolicy.backoff(
        from: .milliseconds(100),
        upTo: .milliseconds(1000)
    )

    @Test("the pause allowed doubles up to the maximum, and half of it at least is taken")
    func growth() throws {
        var random = SeededGenerator(seed: 1)
        var backoff = ReconnectBackoff(policy: Self.policy)
        for allowed in [100, 200, 400, 800, 1000, 1000, 1000] {
            let next = backoff.nextPause(random: &random)
            let pause = try #require(next)
            #expect((.milliseconds(allowed) / 2 ... .milliseconds(allowed)).contains(pause))
        }
    }

    @Test("pauses spread over the whole upper half")
    func spread() throws {
        var random = SeededGenerator(seed: 2)
        var backoff = ReconnectBackoff(policy: Self.policy)
        backoff.noteRefusal(isFinal: true)
        let pauses = (0..<1000).compactMap { _ in backoff.nextPause(random: &random) }
        #expect(try #require(pauses.min()) < .milliseconds(520))
        #expect(try #require(pauses.max()) > .milliseconds(980))
        #expect(Set(pauses).count > 900)
    }

    @Test("a reset begins at the first pause again, a jump goes to the longest")
    func resetAndJump() throws {
        var random = SeededGenerator(seed: 3)
        var backoff = ReconnectBackoff(policy: Self.policy)
        backoff.noteRefusal(isFinal: true)
        let pauses = (0..<2).compactMap { _ in backoff.nextPause(random: &random) }
        #expect(pauses.count == 2 && pauses.allSatisfy { $0 >= .milliseconds(500) })
        backoff.reset()
        let next = backoff.nextPause(random: &random)
        #expect(try #require(next) <= .milliseconds(100))
    }

    @Test("the policy never has no next pause")
    func never() {
        var random = SeededGenerator(seed: 4)
        var backoff = ReconnectBackoff(policy: .never)
        backoff.reset()
        backoff.noteRefusal(isFinal: true)
        backoff.noteAbsence()
        let next = backoff.nextPause(random: &random)
        #expect(next == nil)
    }

    @Test("refusals have a maximum of their own, from which an absence returns")
    func twoMaxima() throws {
        var random = SeededGenerator(seed: 6)
        var backoff = ReconnectBackoff(
            policy: .backoff(
                from: .milliseconds(100),
                upTo: .milliseconds(200),
                afterRefusal: .milliseconds(800)
            )
        )
        func expect(_ limits: [Int]) throws {
            for allowed in limits {
                let next = backoff.nextPause(random: &random)
                let pause = try #require(next)
                #expect((.milliseconds(allowed) / 2 ... .milliseconds(allowed)).contains(pause))
            }
        }
        try expect([100, 200, 200])
        backoff.noteRefusal(isFinal: false)
        try expect([200, 400, 800, 800])
        backoff.noteAbsence()
        try expect([200, 200])
        backoff.noteRefusal(isFinal: true)
        try expect([800, 800])
        backoff.reset()
        try expect([100, 200, 400, 800])
    }

    @Test("the default misses a server that comes back by two seconds at most")
    func standard() throws {
        var random = SeededGenerator(seed: 7)
        var backoff = ReconnectBackoff(policy: SocketOptions().reconnect)
        for _ in 0..<100 {
            let next = backoff.nextPause(random: &random)
            #expect(try #require(next) <= .seconds(2))
        }
        backoff.noteRefusal(isFinal: true)
        let next = backoff.nextPause(random: &random)
        #expect(try #require(next) >= .seconds(15))
    }

    @Test(
        "senseless policies give bounded, positive pauses",
        arguments: [
            ReconnectPolicy.backoff(from: .zero, upTo: .zero),
            .backoff(from: .seconds(-5), upTo: .seconds(-7)),
            .backoff(from: .seconds(9), upTo: .seconds(1)),
            .backoff(from: .seconds(Int64.max), upTo: .seconds(Int64.max)),
            .backoff(from: .nanoseconds(1), upTo: .seconds(Int64.max)),
        ]
    )
    func senselessPolicies(_ policy: ReconnectPolicy) throws {
        var random = SeededGenerator(seed: 5)
        var backoff = ReconnectBackoff(policy: policy)
        for _ in 0..<200 {
            let next = backoff.nextPause(random: &random)
            let pause = try #require(next)
            #expect(pause > .zero && pause <= .milliseconds(Int32.max))
        }
    }
}
