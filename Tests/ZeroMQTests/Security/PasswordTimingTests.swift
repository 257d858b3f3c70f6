import Testing
import ZeroMQ
import ZeroMQTestSupport

/// Whether the time of a refusal tells who is known: F12.
@Suite("The time of a wrong user and of a wrong password", .serialized)
struct PasswordTimingTests {
    private static let greeting = Wire.greeting(mechanism: Array("PLAIN".utf8))

    private static func hello(_ user: String, _ password: String) -> [UInt8] {
        let words = [Array(user.utf8), Array(password.utf8)]
        return Wire.command("HELLO", words.flatMap { [UInt8($0.count)] + $0 })
    }

    /// How long refusals take, in nanoseconds.
    private struct Times {
        /// A user that is not known, and one that is, with a password that is wrong.
        var unknown: [Double] = []
        var known: [Double] = []

        static func median(_ times: some Collection<Double>) -> Double {
            times.sorted()[times.count / 2]
        }

        var difference: Double { abs(Self.median(unknown) - Self.median(known)) }

        /// What the median of one kind moves by when only chance divides it.
        var noise: Double {
            [unknown, known].map { times in
                let half = times.count / 2
                let parts = stride(from: 0, to: half * 2, by: 2).map { (times[$0], times[$0 + 1]) }
                return abs(Self.median(parts.map(\.0)) - Self.median(parts.map(\.1)))
            }.max() ?? 0
        }

        /// Three hundredths are less than what one meets on the way to any server.
        var isVisible: Bool { difference > max(4 * noise, 0.03 * Self.median(known)) }
    }

    /// Has both kinds refused by turns that nobody can foresee.
    private func measure(_ authenticator: Authenticator, count: Int) throws -> Times {
        let context = Context()
        defer { context.shutDown() }
        let server = RouterSocket(context: context)
        server.options.security = .plainServer
        server.options.authenticator = authenticator
        let endpoint = try server.bind("ipc://*").description
        // As long as each other.
        let hellos = [Self.hello("mallory", "secret"), Self.hello("charlie", "secreT")]
        var times = Times()
        while min(times.unknown.count, times.known.count) < count {
            let isKnown = Bool.random()
            let peer = try RawPeer(connectingTo: endpoint)
            peer.send(Self.greeting)
            _ = try peer.receive(64)
            let start = ContinuousClock.now
            peer.send(hellos[isKnown ? 1 : 0])
            let frame = try peer.receiveFrame()
            let time = (ContinuousClock.now - start) / .nanoseconds(1)
            guard frame.body.starts(with: [5] + Array("ERROR".utf8)) else {
                throw Surprise(body: frame.body)
            }
            if isKnown { times.known.append(time) } else { times.unknown.append(time) }
        }
        return times
    }

    private struct Surprise: Error { let body: [UInt8] }

    @Test("it does not tell which of the two was wrong")
    func equal() throws {
        let rule = Authenticator.passwords(["charlie": "secret", "alice": "other"])
        var times = Times()
        // Chance alone could make one such measurement look like a difference, but not three.
        for _ in 0..<3 {
            times = try measure(rule, count: Counts.pick(everyday: 1000, full: 10_000))
            if !times.isVisible { return }
        }
        Issue.record("\(times.difference) ns apart, \(times.noise) ns by chance")
    }

    @Test("a rule that works longer for users that are known is found out")
    func unequal() throws {
        let rule = Authenticator({ request in
            guard case .plain(let user, _) = request.credentials, user == Array("charlie".utf8)
            else { return .refuse(reason: "not known") }
            var sum = 0
            for number in 0..<1_000_000 { sum = (sum &* 31) ^ number }
            return .refuse(reason: "wrong password \(sum)")
        })
        // On a machine that is busy with other things one look may see nothing but those.
        for _ in 0..<3 {
            if try measure(rule, count: 50).isVisible { return }
        }
        Issue.record("a difference that is there was not seen")
    }
}
