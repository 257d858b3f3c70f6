import Testing
import ZeroMQ
import ZeroMQReactor

@Suite("Authenticators", .tags(.threads))
struct AuthenticatorTests {
    private static let alice = SocketSecurity.plainClient(user: "alice", password: "secret")

    private func plain(
        _ context: Context,
        as client: SocketSecurity = alice,
        domain: String = "",
        by authenticator: Authenticator?
    ) throws -> SecurityRig {
        try SecurityRig(
            context,
            server: .plainServer,
            client: client,
            authenticator: authenticator,
            domain: domain
        )
    }

    @Test("a table of passwords lets in who is in it with this password")
    func passwords() throws {
        try inContext { context in
            let table = Authenticator.passwords(["alice": "secret", "bob": ""])
            #expect(try plain(context, by: table).talk()?.userID == "alice")
            #expect(
                try plain(context, as: .plainClient(user: "bob", password: ""), by: table).talk()?
                    .userID
                    == "bob"
            )
            let wrong: [(String, String)] = [
                ("alice", "Secret"), ("alice", ""), ("alice", "secret\0"), ("alice", "secretx"),
                ("Alice", "secret"), ("", ""), ("bob", "\0"), ("carol", ""),
            ]
            for (user, password) in wrong {
                let rig = try plain(
                    context,
                    as: .plainClient(user: user, password: password),
                    by: table
                )
                #expect(rig.refusalAtServer() == .authenticationRefused(code: "400"))
                #expect(rig.refusalAtClient() == .authenticationRefused(code: "400"))
            }
        }
    }

    @Test("closures of both kinds see who comes and decide")
    func closures() throws {
        try inContext { context in
            let blocking = Authenticator { request in
                guard case .plain(let user, _) = request.credentials, request.domain == "east",
                    request.mechanism == "PLAIN", request.address == "127.0.0.1"
                else { return .refuse(reason: "\(request)") }
                return .accept(userID: String(decoding: user, as: UTF8.self) + "!")
            }
            #expect(try plain(context, domain: "east", by: blocking).talk()?.userID == "alice!")
            let suspending = Authenticator(suspending: { _ in
                await Task.yield()
                return .accept(userID: "somebody", properties: ["Level": Array("7".utf8)])
            })
            let metadata = try plain(context, by: suspending).talk()
            #expect(metadata?.userID == "somebody")
            #expect(metadata?["Level"] == "7")
        }
    }

    private struct Trouble: Error {}

    @Test("anything but a yes is a no")
    func refusals() throws {
        try inContext { context in
            let rules: [(Authenticator?, String)] = [
                (nil, "400"),
                (Authenticator { _ in .refuse(reason: "no") }, "400"),
                (Authenticator { _ in throw Trouble() }, "500"),
                (Authenticator(suspending: { _ in throw Trouble() }), "500"),
                (Authenticator { _ in .fail(reason: "out of order") }, "500"),
                (Authenticator { _ in .retryLater }, "300"),
                (.anyoneHoldingTheServersPublicKey, "400"),
                (.keys([CurvePublicKey]()), "400"),
                (.zap, "500"),
            ]
            for (rule, code) in rules {
                let rig = try plain(context, by: rule)
                #expect(rig.refusalAtServer() == .authenticationRefused(code: code))
                let atClient = rig.refusalAtClient()
                let silent = DisconnectReason.closedByPeer
                #expect(atClient == (code == "300" ? silent : .authenticationRefused(code: code)))
            }
        }
    }

    @Test("an authenticator that never answers holds up nobody else, and its peer is cut off")
    func silent() throws {
        try inContext { context in
            let isCancelled = Locked(false)
            let rule = Authenticator(suspending: { request in
                guard case .plain(let user, _) = request.credentials, user == Array("slow".utf8)
                else { return .accept() }
                await withTaskCancellationHandler {
                    try? await Task.sleep(for: .seconds(3600))
                } onCancel: {
                    isCancelled.withLock { $0 = true }
                }
                return .accept()
            })
            let server = RouterSocket(context: context)
            server.options.security = .plainServer
            server.options.authenticator = rule
            server.options.handshakeTimeout = .seconds(1)
            let endpoint = try server.bind("tcp://127.0.0.1:*")
            let slow = DealerSocket(context: context)
            slow.options.security = .plainClient(user: "slow", password: "")
            try slow.connect(endpoint)
            let quick = DealerSocket(context: context)
            quick.options.security = .plainClient(user: "quick", password: "")
            try quick.connect(endpoint)
            try quick.put("hello")
            #expect(try server.next().count == 2)
            let event = server.events.first { event in
                if case .handshakeFailed = event { true } else { false }
            }
            #expect(event?.endpoint == endpoint && event?.reason == .handshakeTimeout)
            #expect(isCancelled.withLock { $0 })
        }
    }

    @Test("addresses are judged with and without other credentials, also under NULL")
    func addresses() throws {
        try inContext { context in
            let table = Authenticator.passwords(["alice": "secret"])
            try plain(context, by: table.from(allowed: ["127.0.0.1"])).talk()
            for rule in [
                table.from(denied: ["127.0.0.1"]), table.from(allowed: ["10.0.0.1"]),
                table.from(allowed: ["127.0.0.1"], denied: ["127.0.0.1"]),
            ] {
                let rig = try plain(context, by: rule)
                #expect(rig.refusalAtServer() == .authenticationRefused(code: "400"))
            }
            let open = try SecurityRig(
                context,
                server: .none,
                client: .none,
                authenticator: .addresses(allowed: ["127.0.0.1"])
            )
            try open.talk()
            let closed = try SecurityRig(
                context,
                server: .none,
                client: .none,
                authenticator: .addresses(denied: ["127.0.0.1"])
            )
            #expect(closed.refusalAtServer() == .authenticationRefused(code: "400"))
            #expect(closed.refusalAtClient() == .refusedByPeer("400"))
        }
    }

    @Test("a domain without an authenticator refuses everybody")
    func domainAlone() throws {
        try inContext { context in
            let rig = try SecurityRig(
                context,
                server: .none,
                client: .none,
                authenticator: nil,
                domain: "east"
            )
            #expect(rig.refusalAtServer() == .authenticationRefused(code: "400"))
        }
    }

    @Test("two servers learn that they are both servers")
    func roles() throws {
        try inContext { context in
            let rig = try SecurityRig(
                context,
                server: .plainServer,
                client: .plainServer,
                authenticator: .passwords([:]),
                handshakeTimeout: .milliseconds(300)
            )
            #expect(rig.refusalAtServer() == .roleConflict("servers"))
            let clients = try SecurityRig(
                context,
                server: Self.alice,
                client: Self.alice,
                authenticator: nil
            )
            #expect(clients.refusalAtServer() == .roleConflict("clients"))
        }
    }

    @Test("names and passwords longer than the wire allows are refused when they are used")
    func longPasswords() throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            let long = [UInt8](repeating: 1, count: 256)
            dealer.options.security = .plainClient(user: [], password: long)
            #expect(code { try dealer.connect("tcp://127.0.0.1:1") } == .invalidOption)
            dealer.options.security = .plainClient(user: long, password: [])
            #expect(code { try dealer.connect("tcp://127.0.0.1:1") } == .invalidOption)
        }
    }
}
