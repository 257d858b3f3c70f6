// Lazy Pirate: a client that asks again when no answer comes, and gives up in the end.
//
// `request` takes back what was not sent, and no late answer is taken for the next one. So the
// client needs no new socket for a new try.

import ZeroMQ

extension GuideProgram {
    static let lazyPirate = GuideProgram(
        name: "lazy-pirate",
        pattern: "REQ, REP",
        tryThis: "kill the server, or stop it with SIGSTOP, and start it again",
        shows: "retries, and giving up after three",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                let server = ReplySocket()
                try server.bind(arguments.text(0, default: "tcp://*:5555"))
                try await LazyPirate.serve(server, crashingAt: nil)
            },
            Role(name: "client", arguments: "[endpoint] [count]") { arguments in
                let client = RequestSocket()
                try client.connect(arguments.text(0, default: "tcp://localhost:5555"))
                let count = try arguments.number(1, default: 10)
                try await LazyPirate.ask(client, rounds: count, patience: .milliseconds(2500))
            },
        ],
        play: {
            try await withSocket(ReplySocket()) { server in
                let endpoint = try server.bind("tcp://127.0.0.1:*")
                try await playing({ try await LazyPirate.serve(server, crashingAt: 3) }) {
                    try await withSocket(RequestSocket()) { client in
                        try client.connect(endpoint)
                        try await LazyPirate.ask(client, rounds: 5, patience: .milliseconds(300))
                    }
                }
            }
        }
    )
}

enum LazyPirate {
    static let tries = 3

    /// Echoes requests; leaves one of them without an answer, as a server does that crashes.
    static func serve(_ server: ReplySocket, crashingAt crash: Int?) async throws {
        var count = 0
        for try await request in server.messages {
            count += 1
            if count == crash {
                say("server: simulating a crash")
                continue
            }
            try await server.send(request)
        }
    }

    static func ask(_ client: RequestSocket, rounds: Int, patience: Duration) async throws {
        for round in 1...rounds { try await ask(client, "\(round)", patience: patience) }
    }

    /// Asks up to three times.
    private static func ask(
        _ client: RequestSocket,
        _ question: String,
        patience: Duration
    ) async throws {
        for attempt in 1...tries {
            if let answer = try await answer(of: client, to: question, within: patience) {
                return say("client: server replied OK (\(String(answer)))")
            }
            say("client: no response to \(question), attempt \(attempt) of \(tries)")
        }
        throw ServerIsOffline()
    }

    /// One try; nil if no answer came in time, or the server went away with the request.
    private static func answer(
        of client: RequestSocket,
        to question: String,
        within patience: Duration
    ) async throws -> Message? {
        do {
            return try await client.request(Message(question), timeout: patience)
        } catch ZeroMQError.Code.timedOut, ZeroMQError.Code.notConnected {
            return nil
        }
    }
}

/// The client has given up.
private struct ServerIsOffline: Error, CustomStringConvertible {
    var description: String { "client: the server seems to be offline, giving up" }
}
