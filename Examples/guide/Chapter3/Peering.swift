// Peering: brokers that give their neighbours the work for which they have no worker.
//
//     clients ──▶ ROUTER            ROUTER ◀── workers        of this broker
//                        broker
//     other brokers ──▶ ROUTER      ROUTER ──▶ other brokers  work that flows over
//     other brokers ──▶ SUB         PUB ──▶ other brokers     how many workers are free
//
// One task owns the state of the broker. A request stays in its socket until a worker is free for
// it, here or there; work that came from a neighbour is not passed on.

import ZeroMQ

extension GuideProgram {
    static let peering = GuideProgram(
        name: "peering",
        pattern: "ROUTER to ROUTER, PUB, SUB",
        tryThis: "give all clients to one broker, and kill another one",
        shows: "state by PUB, and work that flows over to neighbours",
        roles: [
            Role(name: "broker", arguments: "[place] [name] [neighbour ...]") { arguments in
                let place = arguments.text(0, default: "ipc://")
                let name = arguments.text(1, default: "DC1")
                let neighbours = arguments.rest(from: 2, default: ["DC2", "DC3"])
                try await Cluster(place, name, neighbours).run()
            },
            Role(name: "worker", arguments: "[place] [broker]") { arguments in
                let place = arguments.text(0, default: "ipc://")
                try await Peering.worker(place, of: arguments.text(1, default: "DC1"))
            },
            Role(name: "client", arguments: "[place] [broker] [count]") { arguments in
                let place = arguments.text(0, default: "ipc://")
                let broker = arguments.text(1, default: "DC1")
                try await Peering.client(place, of: broker, arguments.number(2, default: 10))
            },
        ],
        play: {
            let names = ["DC1", "DC2", "DC3"]
            let cluster = { @Sendable (name: String) in
                try await Cluster("inproc://", name, names.filter { $0 != name }).run()
            }
            // All work comes to the first, which has no worker.
            try await playing(together: [
                { try await cluster("DC1") },
                { try await cluster("DC2") },
                { try await cluster("DC3") },
                {
                    try await Peering.workers("inproc://", of: ["DC2", "DC2", "DC3", "DC3"])
                },
            ]) {
                try await withThrowingTaskGroup { group in
                    for _ in 1...10 {
                        group.addTask { try await Peering.client("inproc://", of: "DC1", 10) }
                    }
                    try await group.waitForAll()
                }
                say("all clients have their answers")
            }
        }
    )
}

private enum Peering {
    static func workers(_ place: String, of brokers: [String]) async throws {
        try await withThrowingTaskGroup { group in
            for broker in brokers { group.addTask { try await worker(place, of: broker) } }
            try await group.waitForAll()
        }
    }

    /// Takes a moment for each request, and answers with the name of its broker.
    static func worker(_ place: String, of broker: String) async throws {
        try await withSocket(RequestSocket(), linger: .discard) { worker in
            try worker.connect("\(place)\(broker)-workers")
            try await worker.send("READY")
            for try await request in worker.messages {
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...10)))
                let client = request.splitEnvelope()?.route ?? []
                try await worker.send(client + ["", Frame(broker)])
            }
        }
    }

    static func client(_ place: String, of broker: String, _ count: Int) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect("\(place)\(broker)-clients")
            for _ in 0..<count {
                let answer = try await client.request("work", timeout: .seconds(10))
                say("client: done at \(String(answer))")
            }
        }
    }
}
