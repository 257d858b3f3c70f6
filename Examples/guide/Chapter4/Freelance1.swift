// Freelance, model one: several servers, no broker; ask one, and the next one if it fails.
//
//     client (REQ or DEALER) ──▶ any of several servers (REP)
//
// A client that is connected to all servers asks one that is there. Who does not answer in time is
// passed over. Asking twice must do no harm: `retry` says so.

import ZeroMQ

extension GuideProgram {
    static let freelance1 = GuideProgram(
        name: "freelance-1",
        pattern: "REP, RequestClient",
        tryThis: "give the client endpoints where nobody is; stop a server with SIGSTOP",
        shows: "one server after the other",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                try await Freelance1.serve(arguments.text(0, default: "tcp://127.0.0.1:5555"))
            },
            Role(name: "client", arguments: "[endpoint ...]") { arguments in
                let endpoints = arguments.rest(
                    from: 0,
                    default: ["tcp://127.0.0.1:5555", "tcp://127.0.0.1:5556"]
                )
                try await Freelance1.ask(endpoints, patience: .seconds(1))
            },
        ],
        play: {
            // At the first endpoint is nobody, at the second one who takes requests and hangs.
            let endpoints = ["inproc://nobody", "inproc://hangs", "inproc://works"]
            try await withSocket(ReplySocket()) { hanging in
                try hanging.bind(endpoints[1])
                try await playing({ try await Freelance1.serve(endpoints[2]) }) {
                    try await Freelance1.ask(endpoints, patience: .milliseconds(300))
                }
            }
        }
    )
}

private enum Freelance1 {
    static func serve(_ endpoint: String) async throws {
        try await withSocket(ReplySocket()) { server in
            try server.bind(endpoint)
            for try await request in server.messages {
                say("server: \(request)")
                try await server.send(request)
            }
        }
    }

    static func ask(_ endpoints: [String], patience: Duration) async throws {
        // Replies by order, because a server of any kind should do: ids ask more of a ROUTER.
        let client = RequestClient(matching: .order)
        for endpoint in endpoints { try client.connect(endpoint) }
        // Each server is worth a try, and all of them a second one.
        let tries = endpoints.count * 2
        let reply = try await client.request(
            "Hello world",
            timeout: patience * tries,
            retry: .idempotent(attempts: tries, patience: patience)
        )
        say("client: service is running OK (\(reply))")
        await client.close()
    }
}
