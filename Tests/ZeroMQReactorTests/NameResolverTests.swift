import Testing

@testable import ZeroMQReactor

@Suite("Name resolver")
struct NameResolverTests {
    private typealias Outcome = Result<[SocketAddress], ResolutionError>

    private func resolve(_ host: String, with resolver: NameResolver) throws -> Outcome {
        let outcome = Shared<Outcome?>(nil)
        let parker = ThreadParker()
        resolver.resolve(host: host, port: 5555, family: .ipv4) { result in
            outcome.update { $0 = result }
            parker.unpark()
        }
        try #require(parker.park(until: patience))
        return try #require(outcome.value)
    }

    @Test("localhost is this machine")
    func localhost() throws {
        let resolver = NameResolver()
        #expect(try resolve("localhost", with: resolver).get().contains(.loopback(port: 5555)))
        resolver.stop()
    }

    @Test(
        "a name that does not exist is an error and not an address",
        arguments: ["no-such-name.invalid", "", "localhost\0.example"]
    )
    func missing(host: String) throws {
        let resolver = NameResolver()
        let outcome = try resolve(host, with: resolver)
        #expect(throws: ResolutionError.self) { try outcome.get() }
        resolver.stop()
    }

    @Test("many lookups are all answered, in order")
    func many() throws {
        let resolver = NameResolver()
        let log = Log()
        let parker = ThreadParker()
        for index in 0..<50 {
            resolver.resolve(host: "127.0.0.1", port: 1, family: .any) { _ in
                log.append(index)
                if index == 49 { parker.unpark() }
            }
        }
        #expect(parker.park(until: patience))
        #expect(log.entries == Array(0..<50))
        resolver.stop()
    }

    @Test("a stopped resolver answers at once, and every lookup is answered once")
    func stopped() throws {
        let resolver = NameResolver()
        let answers = Shared(0)
        for _ in 0..<20 {
            resolver.resolve(host: "no-such-name.invalid", port: 1, family: .any) { _ in
                answers.update { $0 += 1 }
            }
        }
        resolver.stop(waitingUpTo: .seconds(20))
        #expect(answers.value == 20)
        #expect(try resolve("localhost", with: resolver) == .failure(.cancelled))
        resolver.stop()
    }
}
