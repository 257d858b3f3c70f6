import Testing
import ZeroMQTestSupport

@testable import ZeroMQReactor

@Suite("Name resolver", .tags(.threads))
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

    /// Lookups of which those of names that begin with "silent" take until they are let go.
    private final class Service: Sendable {
        private let isOpen = Shared(false)
        private let asked = Shared<[String]>([])
        private let (running, most) = (Shared(0), Shared(0))

        var names: [String] { asked.value }
        var mostAtATime: Int { most.value }

        func open() { isOpen.update { $0 = true } }

        func makeResolver() -> NameResolver {
            NameResolver { [self] host, _ in
                asked.update { $0.append(host) }
                running.update { $0 += 1 }
                let count = running.value
                most.update { $0 = max($0, count) }
                while host.hasPrefix("silent"), !isOpen.value { letPass(.milliseconds(1)) }
                running.update { $0 -= 1 }
                return .success([.ipv4(7, port: 0)])
            }
        }
    }

    @Test("a name without an answer holds up no other, and none of this machine ever waits")
    func silence() throws {
        let service = Service()
        let resolver = service.makeResolver()
        let answers = Shared(0)
        func ask(_ host: String) {
            resolver.resolve(host: host, port: 1, family: .any) { _ in answers.update { $0 += 1 } }
        }
        for index in 1..<NameResolver.mostThreads { ask("silent-\(index)") }
        #expect(try resolve("quick.example", with: resolver) == .success([.ipv4(7, port: 5555)]))
        // From here on there are more silent names than threads.
        for index in 0..<200 { ask("silent-\(index)") }
        let names = ["localhost", "LOCALHOST.", "a.localhost", "ip6-localhost", "127.1", "0x7f.1"]
        for name in names {
            let answer = try resolve(name, with: resolver)
            #expect(answer == .success([.ipv4(7, port: 5555)]), "\(name)")
        }
        let numeric = try resolve("127.0.0.1", with: resolver)
        #expect(numeric == .success([.loopback(port: 5555)]))
        #expect(try resolve("::1", with: resolver) == .failure(.notFound))
        #expect(answers.value == 0)
        service.open()
        let deadline = patience
        while answers.value < NameResolver.mostThreads - 1 + 200, SystemClock().now < deadline {
            letPass(.milliseconds(1))
        }
        #expect(answers.value == NameResolver.mostThreads - 1 + 200)
        // Each name is looked up once for all who asked meanwhile.
        #expect(service.names.count == Set(service.names).count)
        #expect(service.mostAtATime <= NameResolver.mostThreads + 1)
        resolver.stop()
    }

    @Test("no more ask at a time than may, and a stop answers all of them without waiting")
    func crowd() throws {
        let service = Service()
        let resolver = service.makeResolver()
        defer { service.open() }
        let outcomes = Shared<[ResolutionError: Int]>([:])
        let surplus = 10
        for index in 0..<NameResolver.mostAskers + surplus {
            resolver.resolve(host: "silent-\(index % 50)", port: 1, family: .any) { result in
                guard case .failure(let error) = result else { return }
                outcomes.update { $0[error, default: 0] += 1 }
            }
        }
        #expect(outcomes.value == [.crowded: surplus])
        let start = SystemClock().now
        resolver.stop()
        #expect(SystemClock().now - start < .seconds(5))
        #expect(outcomes.value == [.crowded: surplus, .cancelled: NameResolver.mostAskers])
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
