// Request queue: clients and workers that know only the queue between them.
//
//     clients (REQ) ──▶ ROUTER  queue  DEALER ──▶ workers (REP)
//
// The queue is a proxy: ROUTER remembers who asked, DEALER deals the requests out, and the replies
// find their way back. What happens with no worker: requests wait.

import ZeroMQ

extension GuideProgram {
    static let requestQueue = GuideProgram(
        name: "request-queue",
        pattern: "REQ, ROUTER, DEALER, REP",
        tryThis: "start the client first, and workers one after the other",
        shows: "the built-in proxy between requests and workers",
        roles: [
            Role(name: "queue", arguments: "[clients] [workers]") { arguments in
                try await RequestQueue.run(
                    clients: arguments.text(0, default: "tcp://127.0.0.1:5559"),
                    workers: arguments.text(1, default: "tcp://127.0.0.1:5560")
                )
            },
            Role(name: "worker", arguments: "[queue]") { arguments in
                try await RequestQueue.work(arguments.text(0, default: "tcp://127.0.0.1:5560"))
            },
            Role(name: "client", arguments: "[queue]") { arguments in
                try await RequestQueue.ask(arguments.text(0, default: "tcp://127.0.0.1:5559"))
            },
        ],
        play: {
            let (front, back) = ("inproc://clients", "inproc://workers")
            try await playing(together: [
                { try await RequestQueue.run(clients: front, workers: back) },
                { try await RequestQueue.work(back) },
                { try await RequestQueue.work(back) },
            ]) {
                try await RequestQueue.ask(front)
            }
        }
    )
}

private enum RequestQueue {
    static func run(clients: String, workers: String) async throws {
        try await withSocket(RouterSocket()) { frontend in
            try await withSocket(DealerSocket(), linger: .discard) { backend in
                try frontend.bind(clients)
                try backend.bind(workers)
                try await Proxy(frontend: frontend, backend: backend).run()
            }
        }
    }

    static func work(_ queue: String) async throws {
        try await withSocket(ReplySocket()) { worker in
            try worker.connect(queue)
            for try await request in worker.messages {
                say("worker: \(request)")
                try await worker.send("World")
            }
        }
    }

    static func ask(_ queue: String) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect(queue)
            for number in 1...10 {
                let reply = try await client.request("Hello")
                say("client: reply \(number) \(reply)")
            }
        }
    }
}
