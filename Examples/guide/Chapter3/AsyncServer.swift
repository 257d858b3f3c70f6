// Asynchronous clients and server: many requests under way on each socket, any number of replies.
//
//     clients (DEALER) ──▶ ROUTER  server, with a task for each request
//
// No request waits for the reply to the one before. Where The Guide has five threads and a second
// pair of sockets to reach them, tasks share the ROUTER: each replies when it likes.

import ZeroMQ

extension GuideProgram {
    static let asyncServer = GuideProgram(
        name: "async-server",
        pattern: "DEALER, ROUTER",
        tryThis: "start several clients, and stop one in the middle",
        shows: "replies out of step with requests, each for its own client",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5570")
                try await AsyncServer.serve(endpoint)
            },
            Role(name: "client", arguments: "[endpoint] [name]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5570")
                try await AsyncServer.ask(endpoint, name: arguments.text(1, default: "client"))
            },
        ],
        play: {
            let endpoint = "inproc://server"
            try await playing({ try await AsyncServer.serve(endpoint) }) {
                try await withThrowingTaskGroup { group in
                    for number in 1...3 {
                        group.addTask {
                            try await AsyncServer.ask(endpoint, name: "client \(number)")
                        }
                    }
                    try await group.waitForAll()
                }
                say("all clients have their replies")
            }
        }
    )
}

private enum AsyncServer {
    private enum Input {
        case request(Message)
        case finished
    }

    /// At most so many requests are worked on at a time; the others wait in the socket.
    static let limit = 5

    static func serve(_ endpoint: String) async throws {
        try await withSocket(RouterSocket()) { server in
            try server.bind(endpoint)
            var busy = 0
            let select = Select<Input>()
            select.add(server, when: { busy < limit }, Input.request)
            let inbox = select.inbox
            try await withThrowingTaskGroup(of: Void.self) { group in
                for try await input in select {
                    switch input {
                    case .request(let request):
                        busy += 1
                        group.addTask {
                            // Also after an error, or the place would be lost.
                            defer { inbox.post(.finished) }
                            try await reply(to: request, by: server)
                        }
                    case .finished:
                        busy -= 1
                        // Its task has ended, or is about to: the group need not remember it.
                        try await group.next()
                    }
                }
            }
        }
    }

    /// Replies to request N with N modulo 5 messages, each after a moment; The Guide throws dice,
    /// but then no client could know when it has them all.
    private static func reply(to request: Message, by server: RouterSocket) async throws {
        guard let body = request.last else { return }
        let number = Int(String(body)) ?? 1
        for _ in 0..<abs(number % 5) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 1...50)))
            try await server.reply(to: request, with: Message(body))
        }
    }

    /// Sends ten requests without waiting, and collects what comes back.
    static func ask(_ endpoint: String, name: String) async throws {
        try await withSocket(DealerSocket(), linger: .discard) { client in
            try client.connect(endpoint)
            for number in 1...10 { try await client.send(Message("\(number)")) }
            var missing = (1...10).reduce(0) { $0 + $1 % 5 }
            while missing > 0 {
                let reply = try await client.receive(timeout: .seconds(10))
                say("\(name): reply to \(reply)")
                missing -= 1
            }
            say("\(name): finished")
        }
    }
}
