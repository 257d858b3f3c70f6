// Concurrent server: requests of many clients worked on side by side.
//
//     clients (REQ) ──▶ ROUTER  server  DEALER ──▶ five workers (REP), inproc
//
// Each worker is a task with a socket of its own, and knows nothing of the others. The proxy deals
// the requests out. One client or five: it takes as long.

import ZeroMQ

extension GuideProgram {
    static let concurrentServer = GuideProgram(
        name: "concurrent-server",
        pattern: "REQ, ROUTER, DEALER, REP",
        tryThis: "ask by five clients at once",
        shows: "workers behind one endpoint, inside one process",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5555")
                try await ConcurrentServer.serve(endpoint)
            },
            Role(name: "client", arguments: "[endpoint]") { arguments in
                let endpoint = arguments.text(0, default: "tcp://127.0.0.1:5555")
                try await ConcurrentServer.ask(endpoint)
            },
        ],
        play: {
            let endpoint = "inproc://server"
            try await playing({ try await ConcurrentServer.serve(endpoint) }) {
                try await withThrowingTaskGroup { clients in
                    for _ in 1...5 { clients.addTask { try await ConcurrentServer.ask(endpoint) } }
                    try await clients.waitForAll()
                }
                say("all clients have their replies")
            }
        }
    )
}

private enum ConcurrentServer {
    static func serve(_ endpoint: String) async throws {
        try await withSocket(RouterSocket()) { clients in
            try await withSocket(DealerSocket(), linger: .discard) { workers in
                try clients.bind(endpoint)
                try workers.bind("inproc://workers-of-the-server")
                let roles = Array(repeating: work, count: 5)
                try await playing(together: roles) {
                    try await Proxy(frontend: clients, backend: workers).run()
                }
            }
        }
    }

    @Sendable
    private static func work() async throws {
        try await withSocket(ReplySocket()) { worker in
            try worker.connect("inproc://workers-of-the-server")
            for try await request in worker.messages {
                say("worker: begins \(request)")
                try await Task.sleep(for: .milliseconds(200))
                say("worker: ends \(request)")
                try await worker.send("World")
            }
        }
    }

    static func ask(_ endpoint: String) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect(endpoint)
            say("client: \(try await client.request("Hello"))")
        }
    }
}
