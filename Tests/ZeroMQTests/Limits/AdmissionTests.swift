import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("Strangers are admitted in turn")
struct AdmissionTests {
    private static let places = 32

    /// A PULL whose authenticator never answers about "mute", and how many it was asked about.
    private func server(
        _ context: Context,
        _ asked: Condition<Int>
    ) throws -> (PullSocket, Endpoint) {
        let server = PullSocket(context: context)
        server.options.security = .plainServer
        server.options.maximumUnfinishedHandshakes = Self.places
        server.options.authenticator = Authenticator(suspending: { request in
            guard case .plain(let user, _) = request.credentials, user == Array("mute".utf8)
            else { return .accept() }
            asked.change { $0 += 1 }
            try await Task.sleep(for: .seconds(3600))
            return .accept()
        })
        return (server, try server.bind("tcp://127.0.0.1:*"))
    }

    private func mute(_ count: Int, at endpoint: Endpoint) throws -> [RawPeer] {
        let hello = Wire.command("HELLO", [4] + Array("mute".utf8) + [0])
        return try (0..<count).map { _ in
            let peer = try RawPeer(connectingTo: endpoint.description)
            peer.send(Wire.greeting(mechanism: Array("PLAIN".utf8)) + hello)
            return peer
        }
    }

    /// How long a good client takes to be let in.
    private func timeToEnter(
        _ context: Context,
        _ server: PullSocket,
        _ endpoint: Endpoint
    ) throws -> Duration {
        let push = PushSocket(context: context)
        push.options.security = .plainClient(user: "good", password: "")
        let start = ContinuousClock.now
        try push.connect(endpoint)
        try push.put("good")
        #expect(try server.receive(timeout: .seconds(30)) == "good")
        return ContinuousClock.now - start
    }

    @Test("while as many are judged as may be, those who say nothing do not hold up the others")
    func judgedAndSilent() throws {
        try inContext { context in
            let asked = Condition(0)
            let (server, endpoint) = try server(context, asked)
            let judged = try mute(Self.places, at: endpoint)
            let deadline = Deadline(.upTo(enough), clock: context.core.clock)
            #expect(asked.wait(until: deadline, in: context.core) { $0 == Self.places })
            // One place for all of these would take 200 ms for each.
            let silent = try (0..<60).map { _ in
                try RawPeer(connectingTo: endpoint.description)
            }
            #expect(try timeToEnter(context, server, endpoint) < .seconds(4))
            // Who is being judged was not pushed out.
            for peer in judged {
                _ = try peer.receive(64)
                #expect(peer.isSilent(milliseconds: 0))
            }
            for peer in silent { peer.close() }
        }
    }

    @Test("those who are judged are limited as well: beyond it they share the others' places")
    func judgedAlone() throws {
        try inContext { context in
            let asked = Condition(0)
            let (server, endpoint) = try server(context, asked)
            let judged = try mute(2 * Self.places + 8, at: endpoint)
            var crowdedOut = 0
            while crowdedOut < 8, let event = server.events.next(timeout: enough) {
                guard case .handshakeFailed(_, _, let reason) = event else { continue }
                #expect(reason == .tooManyHandshakes)
                crowdedOut += 1
            }
            #expect(crowdedOut == 8)
            // The oldest went.
            for peer in judged[..<8] { #expect(peer.waitForClose()) }
            #expect(try timeToEnter(context, server, endpoint) < .seconds(4))
        }
    }
}
