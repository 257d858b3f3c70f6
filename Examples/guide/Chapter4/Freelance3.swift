// Freelance, model three: the client knows each server by name, and who is alive. RFC 10.
//
//     client (ROUTER) ──▶ a chosen one of several servers (ROUTER)
//
// A server's routing id is its endpoint, so that a client can address it before it has said
// anything. PING and PONG show who is alive; each request goes to one server only, and to another
// one when that has gone silent.

import ZeroMQ

extension GuideProgram {
    static let freelance3 = GuideProgram(
        name: "freelance-3",
        pattern: "RFC 10: ROUTER, ROUTER",
        tryThis: "kill the server that answers, or stop it with SIGSTOP, and start it again",
        shows: "one request to one server, and fail-over when it is silent",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                try await Freelance3.serve(arguments.text(0, default: "tcp://127.0.0.1:5555"))
            },
            Role(name: "client", arguments: "[count] [endpoint ...]") { arguments in
                let count = try arguments.number(0, default: 1000)
                let endpoints = arguments.rest(
                    from: 1,
                    default: ["tcp://127.0.0.1:5555", "tcp://127.0.0.1:5556"]
                )
                try await Freelance3.ask(endpoints, count, interval: .milliseconds(500))
            },
        ],
        play: {
            let endpoints = ["inproc://one", "inproc://two"]
            try await playing(together: [
                { try await Freelance3.serve(endpoints[0], until: 100) },
                { try await Freelance3.serve(endpoints[1], until: 200) },
            ]) {
                try await Freelance3.ask(endpoints, 250, interval: .milliseconds(100))
            }
        }
    )
}

private enum Freelance3 {
    /// Answers PING with PONG, and anything else with "OK" behind the control frame of the client.
    static func serve(_ endpoint: String, until limit: Int = .max) async throws {
        try await withSocket(RouterSocket()) { server in
            server.options.routingID = Frame(endpoint)
            try server.bind(endpoint)
            say("server: ready at \(endpoint)")
            var count = 0
            for try await message in server.messages {
                guard let client = message.first, let control = message.frame(at: 1)
                else { continue }
                guard control != "PING" else {
                    try await server.send("PONG", to: client)
                    continue
                }
                count += 1
                guard count <= limit else { return say("server: \(endpoint) leaves") }
                try await server.send([control, "OK"], to: client)
            }
        }
    }

    private enum Input {
        case message(Message)
        case beat
    }

    static func ask(_ endpoints: [String], _ count: Int, interval: Duration) async throws {
        try await withSocket(RouterSocket(), linger: .discard) { client in
            for endpoint in endpoints { try client.connect(endpoint) }
            // Dead after three silent intervals; and who is asked has as long to answer.
            var servers = Servers(endpoints.map { Frame($0) }, patience: interval * 3)
            var (asked, latest): (Frame?, Frame?)
            var number = 1
            let select = Select<Input>()
            select.add(client, Input.message)
            select.every(interval) { .beat }
            while number <= count, let input = try await select.next() {
                switch input {
                case .message(let message):
                    guard let server = message.first else { continue }
                    servers.hear(server)
                    if message.frame(at: 1) == Frame("\(number)") {
                        (asked, number) = (nil, number + 1)
                    }
                case .beat:
                    // What is sent to an absent server is dropped, and sent again soon.
                    for server in servers.all { try await client.send("PING", to: server) }
                }
                if let server = asked, !servers.isAlive(server) {
                    say("client: \(server) is silent")
                    asked = nil
                }
                guard asked == nil, number <= count, let server = servers.first else { continue }
                if server != latest { say("client: asking \(server)") }
                (asked, latest) = (server, server)
                try await client.send([Frame("\(number)"), "random name"], to: server)
            }
            say("client: \(count) answers")
        }
    }
}

/// The servers in the order of preference, and until when each counts as alive.
private struct Servers {
    let all: [Frame]
    let patience: Duration
    private var expiries: [Frame: ContinuousClock.Instant] = [:]

    init(_ all: [Frame], patience: Duration) {
        self.all = all
        self.patience = patience
    }

    /// The one to ask; nil while nobody is alive.
    var first: Frame? { all.first(where: isAlive) }

    func isAlive(_ server: Frame) -> Bool {
        expiries[server].map { $0 > .now } ?? false
    }

    mutating func hear(_ server: Frame) {
        guard all.contains(server) else { return }
        expiries[server] = .now + patience
    }
}
