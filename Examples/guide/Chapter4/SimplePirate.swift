// Simple Pirate: workers behind a queue, any of which may die.
//
//     Lazy Pirates (REQ) ──▶ ROUTER  queue  ROUTER ◀── workers (REQ)
//
// The queue is the broker of chapter 3. A worker that dies takes one request with it; the client
// asks again, and another worker answers. What the queue can't see is a worker that hangs while it
// is free: that is for the Paranoid Pirate.

import ZeroMQ

extension GuideProgram {
    static let simplePirate = GuideProgram(
        name: "simple-pirate",
        pattern: "REQ, ROUTER, ROUTER, REQ",
        tryThis: "kill workers and start others while a client asks",
        shows: "requests that outlive the workers",
        roles: [
            Role(name: "queue", arguments: "[clients] [workers]") { arguments in
                try await LoadBalancing.broker(
                    clients: arguments.text(0, default: "tcp://127.0.0.1:5555"),
                    workers: arguments.text(1, default: "tcp://127.0.0.1:5556")
                )
            },
            Role(name: "worker", arguments: "[queue] [name]") { arguments in
                try await SimplePirate.worker(
                    arguments.text(0, default: "tcp://127.0.0.1:5556"),
                    name: arguments.text(1, default: "worker")
                )
            },
            Role(name: "client", arguments: "[queue] [count]") { arguments in
                let queue = arguments.text(0, default: "tcp://127.0.0.1:5555")
                let count = try arguments.number(1, default: 10)
                try await SimplePirate.client(queue, count: count, patience: .milliseconds(2500))
            },
        ],
        play: {
            let (front, back) = ("inproc://clients", "inproc://workers")
            try await playing(together: [
                { try await LoadBalancing.broker(clients: front, workers: back) },
                {
                    try await SimplePirate.worker(back, name: "worker 1", crashingAt: 3)
                    try await SimplePirate.worker(back, name: "worker 2")
                },
            ]) {
                try await SimplePirate.client(front, count: 10, patience: .milliseconds(300))
            }
        }
    )
}

private enum SimplePirate {
    static let ready: Frame = "\u{1}"

    /// Answers each request with itself; leaves one of them without an answer, and is gone.
    static func worker(_ queue: String, name: String, crashingAt crash: Int? = nil) async throws {
        var count = 0
        try await LoadBalancing.worker(queue, ready: ready) { request in
            count += 1
            guard count != crash else {
                say("\(name): simulating a crash")
                return nil
            }
            say("\(name): \(request)")
            return request
        }
    }

    static func client(_ queue: String, count: Int, patience: Duration) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect(queue)
            try await LazyPirate.ask(client, rounds: count, patience: patience)
        }
    }
}
