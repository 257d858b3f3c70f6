// Binary Star: two servers of which one answers, and the other takes over when that one is gone.

import ZeroMQ

extension GuideProgram {
    static let binaryStar = GuideProgram(
        name: "binary-star",
        pattern: "ROUTER, PUB, SUB",
        tryThis: "kill the primary, or stop it with SIGSTOP, and let it come back",
        shows: "a backup that takes over, and never two servers at a time",
        roles: [
            server("primary", .primary, ports: ("5001", "5003", "5004")),
            server("backup", .backup, ports: ("5002", "5004", "5003")),
            Role(
                name: "client",
                arguments: "[primary] [backup] [count] [settle-ms]"
            ) { arguments in
                let servers = [
                    arguments.text(0, default: "tcp://localhost:5001"),
                    arguments.text(1, default: "tcp://localhost:5002"),
                ]
                let count = try arguments.number(2, default: 10)
                let settle = try arguments.milliseconds(3, default: 2000)
                try await BinaryStarClient(servers: servers, settle: settle).ask(rounds: count)
            },
        ],
        play: {
            let beat = Duration.milliseconds(100)
            let primary = BinaryStarServer(
                role: .primary,
                frontend: "inproc://primary",
                states: "inproc://primary-states",
                peer: "inproc://backup-states",
                beat: beat
            )
            let backup = BinaryStarServer(
                role: .backup,
                frontend: "inproc://backup",
                states: "inproc://backup-states",
                peer: "inproc://primary-states",
                beat: beat
            )
            let client = BinaryStarClient(
                servers: ["inproc://primary", "inproc://backup"],
                settle: beat * 3
            )
            try await playing(together: [{ try await backup.run() }]) {
                try await playing(together: [{ try await primary.run() }]) {
                    // Until the two have met, neither answers.
                    try await Task.sleep(for: beat * 3)
                    try await client.ask(rounds: 3)
                }
                say("(the primary is gone)")
                try await client.ask(rounds: 3)
            }
        }
    )

    /// The role of one server.
    private static func server(
        _ name: String,
        _ role: BinaryStar.State,
        ports: (frontend: String, states: String, peer: String)
    ) -> Role {
        Role(name: name, arguments: "[endpoint] [states] [peer-states] [beat-ms]") { arguments in
            try await BinaryStarServer(
                role: role,
                frontend: arguments.text(0, default: "tcp://*:\(ports.frontend)"),
                states: arguments.text(1, default: "tcp://*:\(ports.states)"),
                peer: arguments.text(2, default: "tcp://localhost:\(ports.peer)"),
                beat: try arguments.milliseconds(3, default: 1000)
            ).run()
        }
    }
}

/// One server of the pair, which sends requests back.
struct BinaryStarServer: Sendable {
    let role: BinaryStar.State
    /// Where clients ask.
    let frontend: String
    /// Where this server tells its state, and where the other one does.
    let states: String, peer: String
    let beat: Duration

    func run() async throws {
        try await withSockets(
            RouterSocket(),
            PublisherSocket(),
            SubscriberSocket(),
            linger: .discard
        ) { clients, own, other in
            try own.bind(states)
            try other.subscribe()
            try other.connect(peer)
            try clients.bind(frontend)
            try await serve(clients, own, other)
        }
    }

    private func serve(
        _ clients: RouterSocket,
        _ own: PublisherSocket,
        _ other: SubscriberSocket
    ) async throws {
        enum Input {
            case beat
            case peer(Message)
            case request(Message)
        }
        let select = Select<Input>()
        select.add(clients) { .request($0) }
        select.add(other) { .peer($0) }
        select.every(beat) { .beat }

        var star = BinaryStar(role, patience: beat * 2, at: .now)
        say("\(role): waiting for the other server")
        for try await input in select {
            let before = star.state
            switch input {
            case .beat:
                try star.tick(at: .now)
                try await own.send("\(star.state.rawValue)")
            case .peer(let message):
                guard let state = Int(String(message)).flatMap(BinaryStar.State.init) else { break }
                try star.hear(state, at: .now)
            case .request(let request):
                guard try star.mayAnswer(at: .now) else { break }
                guard let (_, body) = request.splitEnvelope() else { break }
                try await clients.reply(to: request, with: body)
            }
            guard star.state != before else { continue }
            say("\(role): now \(star.state)")
            // At once: the other server has to know before the next beat.
            try await own.send("\(star.state.rawValue)")
        }
    }
}

/// Asks one server, and the other one when no answer comes.
struct BinaryStarClient: Sendable {
    let servers: [String]
    /// How long to wait before the other server is asked. It takes over only after it has missed
    /// two beats of the first: a client that asks earlier asks in vain.
    let settle: Duration
    private let patience = Duration.seconds(1)
    private let tries = 10

    func ask(rounds: Int) async throws {
        try await withSocket(RequestSocket(), linger: .discard) { socket in
            var server = servers[0]
            try socket.connect(server)
            for round in 1...rounds {
                let question = Message("\(round)")
                var answer = try await attempt(question, through: socket)
                for _ in 1...tries where answer == nil {
                    say("client: no answer from \(server)")
                    try socket.disconnect(server)
                    try await Task.sleep(for: settle)
                    server = servers.first { $0 != server } ?? server
                    try socket.connect(server)
                    answer = try await attempt(question, through: socket)
                }
                guard let answer else { throw NoServer() }
                say("client: \(String(answer)) answered by \(server)")
            }
        }
    }

    private func attempt(_ question: Message, through socket: RequestSocket) async throws
        -> Message?
    {
        do {
            return try await socket.request(question, timeout: patience)
        } catch ZeroMQError.Code.timedOut {
            return nil
        } catch ZeroMQError.Code.notConnected {
            return nil
        }
    }

    private struct NoServer: Error, CustomStringConvertible {
        var description: String { "client: neither server answers" }
    }
}
