// Freelance, model two: ask all servers at once, and take the first answer.
//
//     client (DEALER) ══▶ all of several servers (REP)
//
// The fastest way to survive: nobody waits for a server that has died. The price is that every
// server does all the work. A sequence number tells the first answer from the later ones.

import ZeroMQ

extension GuideProgram {
    static let freelance2 = GuideProgram(
        name: "freelance-2",
        pattern: "DEALER, REP",
        tryThis: "kill servers, all but one, while the client asks",
        shows: "no pause when a server dies",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                try await Freelance2.serve(arguments.text(0, default: "tcp://127.0.0.1:5555"))
            },
            Role(name: "client", arguments: "[count] [endpoint ...]") { arguments in
                let count = try arguments.number(0, default: 10_000)
                let endpoints = arguments.rest(from: 1, default: ["tcp://127.0.0.1:5555"])
                try await Freelance2.ask(endpoints, count: count)
            },
        ],
        play: {
            let endpoints = ["inproc://one", "inproc://two", "inproc://three"]
            try await playing(together: [
                { try await Freelance2.serve(endpoints[0], until: 100) },
                { try await Freelance2.serve(endpoints[1], until: 200) },
                { try await Freelance2.serve(endpoints[2]) },
            ]) {
                try await Freelance2.ask(endpoints, count: 1000)
            }
        }
    )
}

private enum Freelance2 {
    /// Answers "OK" to a sequence number and a body; leaves after `limit` requests.
    static func serve(_ endpoint: String, until limit: Int = .max) async throws {
        try await withSocket(ReplySocket()) { server in
            try server.bind(endpoint)
            var count = 0
            for try await request in server.messages {
                count += 1
                guard count <= limit else { return say("server: \(endpoint) leaves") }
                guard let sequence = request.first else { continue }
                try await server.send([sequence, "OK"])
            }
        }
    }

    static func ask(_ endpoints: [String], count: Int) async throws {
        try await withSocket(DealerSocket(), linger: .discard) { client in
            // No request waits for a server that is not there: it would come too late by far.
            client.options.queuesOnlyToConnectedPeers = true
            for endpoint in endpoints { try client.connect(endpoint) }
            try await gather(endpoints.count, at: client)
            let start = ContinuousClock.now
            for number in 1...count {
                guard try await isAnswered(number, by: client) else { throw NobodyAnswers() }
            }
            let each = (ContinuousClock.now - start) / count / Duration.microseconds(1)
            say("client: \(count) answers, \(Int(each)) µs each")
        }
    }

    /// Waits a moment for all servers; who is not there by then may come later.
    private static func gather(_ count: Int, at client: DealerSocket) async throws {
        do {
            try await client.waitForPeers(atLeast: count, timeout: .seconds(1))
        } catch ZeroMQError.Code.timedOut {}
    }

    /// Asks all servers and waits for the first answer; false if there is none in time.
    private static func isAnswered(_ number: Int, by client: DealerSocket) async throws -> Bool {
        let sequence = Frame("\(number)")
        // A DEALER deals: so many messages reach each of so many peers once. Who is stopped and has
        // a full queue gets none; `trySend` does not wait for that one.
        for _ in 0..<client.peerCount {
            _ = try client.trySend(["", sequence, "random name"])
        }
        let deadline = ContinuousClock.now + .seconds(3)
        while let answer = try await client.receive(until: deadline) {
            if answer.frame(at: 1) == sequence { return true }
        }
        return false
    }
}

/// Every server is gone.
private struct NobodyAnswers: Error, CustomStringConvertible {
    var description: String { "client: no server answers, giving up" }
}
