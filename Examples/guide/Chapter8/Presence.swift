// Presence: everybody knows who is there, and learns soon who is not any more.
//
// The sockets say hello and goodbye by themselves: a hello with each connection, a goodbye in the
// name of each member that closes, dies, or is silent for longer than the heartbeat allows.

import ZeroMQ

extension GuideProgram {
    static let presence = GuideProgram(
        name: "presence",
        pattern: "ROUTER, DEALER",
        tryThis: "kill a member, stop one with SIGSTOP, restart the server",
        shows: "hello, disconnect and hiccup messages, heartbeats",
        roles: [
            Role(name: "server", arguments: "[endpoint] [heartbeat-ms]") { arguments in
                try await Presence.serve(
                    at: arguments.text(0, default: "tcp://*:7010"),
                    heartbeat: try arguments.milliseconds(1, default: 1000)
                )
            },
            Role(name: "member", arguments: "[endpoint] [name] [heartbeat-ms]") { arguments in
                try await Presence.join(
                    arguments.text(0, default: "tcp://localhost:7010"),
                    as: arguments.text(1, default: "alice"),
                    heartbeat: try arguments.milliseconds(2, default: 1000)
                ) { _ in true }
            },
        ],
        play: {
            let (endpoint, beat) = ("inproc://presence", Duration.milliseconds(200))
            try await playing(together: [
                { try await Presence.serve(at: endpoint, heartbeat: beat) },
                {
                    // Bob stays until he sees the other two.
                    try await Presence.join(endpoint, as: "bob", heartbeat: beat) { $0.count < 3 }
                },
                {
                    try await Presence.join(endpoint, as: "carol", heartbeat: beat) { _ in true }
                },
            ]) {
                // Alice stays until she has seen bob come and go.
                var hasSeenBob = false
                try await Presence.join(endpoint, as: "alice", heartbeat: beat) { names in
                    hasSeenBob = hasSeenBob || names.contains("bob")
                    return !hasSeenBob || names.contains("bob")
                }
            }
        }
    )
}

private enum Presence {
    static let hello: Message = "hello"
    static let goodbye: Message = "goodbye"

    // MARK: The server

    static func serve(at endpoint: String, heartbeat: Duration) async throws {
        try await withSocket(RouterSocket(), linger: .discard) { socket in
            socket.options.disconnectMessage = goodbye
            socket.options.heartbeat = Heartbeat(interval: heartbeat)
            // Who comes back before the old connection is known to be dead takes its place.
            socket.allowsHandover = true
            say("server: at \(try socket.bind(endpoint))")
            var members: Set<Frame> = []
            for try await message in socket.messages {
                guard let name = message.frame(at: 0), let word = message.frame(at: 1) else {
                    continue
                }
                let before = members
                switch Message(word) {
                case hello: members.insert(name)
                case goodbye: members.remove(name)
                default: continue
                }
                if members != before { say("server: \(list(members))") }
                // To everybody, and in any case to the one who has said hello.
                let news = Message(frames: members.sorted { "\($0)" < "\($1)" })
                for member in members { try await socket.send(news, to: member) }
            }
        }
    }

    private static func list(_ members: Set<Frame>) -> String {
        members.isEmpty ? "nobody" : members.map { "\($0)" }.sorted().joined(separator: ", ")
    }

    // MARK: Members

    /// Is there until `isStaying` says that it is enough, of the names of all who are there.
    static func join(
        _ endpoint: String,
        as name: String,
        heartbeat: Duration,
        while isStaying: (Set<String>) -> Bool
    ) async throws {
        try await withSocket(DealerSocket(), linger: .discard) { socket in
            socket.options.routingID = Frame(name)
            socket.options.helloMessage = hello
            // What this socket tells itself when it loses the server: nobody is there.
            socket.options.hiccupMessage = ""
            socket.options.heartbeat = Heartbeat(interval: heartbeat)
            socket.options.reconnect = .backoff(from: .milliseconds(100), upTo: .seconds(1))
            try socket.connect(endpoint)
            for try await message in socket.messages {
                let names = Set(message.filter { !$0.isEmpty }.map { String($0) })
                let list = names.isEmpty ? "nobody" : names.sorted().joined(separator: ", ")
                say("\(name): sees \(list)")
                if !isStaying(names) { return }
            }
        }
    }
}
