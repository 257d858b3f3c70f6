import Testing
import ZeroMQ
import ZeroMQReactor

@Suite("Sockets that anybody can reach", .tags(.threads))
struct ExposureTests {
    /// Binds and returns whether there was a warning before the first peer.
    private func isWarned(
        _ context: Context,
        at endpoint: String,
        _ prepare: (inout SocketOptions) -> Void = { _ in }
    ) throws -> Bool {
        let server = PullSocket(context: context)
        prepare(&server.options)
        let bound = try server.bind(endpoint)
        // The warning comes before what follows the end of listening.
        try server.unbind(bound)
        var warnings = 0
        while let event = server.events.next(timeout: enough) {
            if case .unprotected(let warned) = event {
                #expect(warned == bound)
                warnings += 1
            }
            if case .closed = event { break }
        }
        #expect(warnings < 2)
        return warnings == 1
    }

    @Test("J08 without security an address beyond this machine is bound with one warning")
    func warned() throws {
        try inContext { context in
            #expect(try isWarned(context, at: "tcp://*:*"))
            #expect(try isWarned(context, at: "tcp://0.0.0.0:*"))
            #expect(try !isWarned(context, at: "tcp://127.0.0.1:*"))
            #expect(try !isWarned(context, at: "ipc://*"))
            let keys = try CurveKeyPair()
            let isEncryptedWarned = try isWarned(context, at: "tcp://*:*") {
                $0.security = .curveServer(keys)
            }
            let isJudgedWarned = try isWarned(context, at: "tcp://*:*") {
                $0.authenticator = .addresses(allowed: ["127.0.0.1"])
            }
            #expect(!isEncryptedWarned && !isJudgedWarned)
        }
    }

    @Test("F10 who is denied gets nothing and sends nothing, whatever the mechanism")
    func denied() throws {
        let (server, client) = (try CurveKeyPair(), try CurveKeyPair())
        let mechanisms: [(SocketSecurity, SocketSecurity)] = [
            (.none, .none),
            (.plainServer, .plainClient(user: "a", password: "b")),
            (.curveServer(server), .curveClient(client, server: server.publicKey)),
        ]
        try inContext { context in
            for (ours, theirs) in mechanisms {
                let inside = DealerSocket(context: context)
                inside.options.security = ours
                inside.options.authenticator = Authenticator { _ in .refuse(reason: "") }
                inside.linger = .discard
                let outside = DealerSocket(context: context)
                outside.linger = .discard
                outside.options.security = theirs
                outside.options.reconnect = .backoff(
                    from: .milliseconds(5),
                    upTo: .milliseconds(10)
                )
                try outside.connect(inside.bind("tcp://127.0.0.1:*"))
                try outside.put("from outside")
                for _ in 0..<3 {
                    let end = inside.events.first { event in
                        if case .handshakeFailed = event { true } else { false }
                    }
                    guard case .handshakeFailed(_, _, .authenticationRefused("400")) = end else {
                        Issue.record("\(String(describing: end))")
                        continue
                    }
                }
                #expect(try !inside.trySend("from inside"))
                #expect(try inside.tryReceive() == nil)
                #expect(try outside.tryReceive() == nil)
                #expect(inside.statistics.messagesReceived == 0)
                #expect(outside.statistics.messagesReceived == 0)
            }
        }
    }
}
