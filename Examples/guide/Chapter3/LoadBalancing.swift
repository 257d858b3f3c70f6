// Load balancing: each request goes to the worker that has been free longest.
//
//     clients (REQ) ──▶ ROUTER  broker  ROUTER ◀── workers (REQ)
//
// A worker asks for work: "READY" at first, and then each answer, is its request for the next one.
// So the broker knows who is free, and takes no request from a client before a worker is.

import ZeroMQ

extension GuideProgram {
    static let loadBalancing = GuideProgram(
        name: "load-balancing",
        pattern: "REQ, ROUTER, ROUTER, REQ",
        tryThis: "start a client before any worker; kill a worker that is free",
        shows: "a broker that takes a request only when a worker is free",
        roles: [
            Role(name: "broker", arguments: "[clients] [workers]") { arguments in
                try await LoadBalancing.broker(
                    clients: arguments.text(0, default: "tcp://127.0.0.1:5555"),
                    workers: arguments.text(1, default: "tcp://127.0.0.1:5556")
                )
            },
            Role(name: "worker", arguments: "[broker]") { arguments in
                let broker = arguments.text(0, default: "tcp://127.0.0.1:5556")
                try await LoadBalancing.worker(broker, ready: "READY") { _ in "OK" }
            },
            Role(name: "client", arguments: "[broker] [count]") { arguments in
                let broker = arguments.text(0, default: "tcp://127.0.0.1:5555")
                let count = try arguments.number(1, default: 10)
                try await LoadBalancing.client(broker, count: count, name: "client")
            },
        ],
        play: {
            let (front, back) = ("inproc://clients", "inproc://workers")
            let worker = { @Sendable in
                try await LoadBalancing.worker(back, ready: "READY") { _ in "OK" }
            }
            let broker = { @Sendable in
                try await LoadBalancing.broker(clients: front, workers: back)
            }
            try await playing(together: [broker, worker, worker, worker]) {
                try await withThrowingTaskGroup { group in
                    for number in 1...10 {
                        group.addTask {
                            let name = "client \(number)"
                            try await LoadBalancing.client(front, count: 10, name: name)
                        }
                    }
                    try await group.waitForAll()
                }
                say("all clients have their answers")
            }
        }
    )
}

enum LoadBalancing {
    private enum Input {
        case request(Message)
        case worker(Message)
    }

    static func broker(clients: String, workers: String) async throws {
        try await withSocket(RouterSocket()) { frontend in
            try await withSocket(RouterSocket()) { backend in
                // Sending to a worker that has left throws, instead of losing the request.
                backend.isMandatory = true
                try frontend.bind(clients)
                try backend.bind(workers)
                try await pass(from: frontend, to: backend)
            }
        }
    }

    private static func pass(from frontend: RouterSocket, to backend: RouterSocket) async throws {
        var free = FreeWorkers()
        // A request that was taken for workers who had all left.
        var held: Message?
        let select = Select<Input>()
        // Without a free worker, requests wait in the socket, where its limit counts them.
        select.add(frontend, when: { !free.isEmpty }, Input.request)
        select.add(backend, Input.worker)
        for try await input in select {
            switch input {
            case .request(let request):
                held = request
            case .worker(let message):
                guard let (route, body) = message.splitEnvelope(), let worker = route.first
                else { continue }
                free.add(worker)
                // READY has one frame. An answer has the envelope of its client before it.
                if body.count > 1 { try await frontend.send(body) }
            }
            while let request = held, let worker = free.next() {
                if try await backend.took([worker, ""] + request) { held = nil }
            }
        }
    }

    /// Answers requests, one after the other, until `answer` gives nil: then the worker leaves
    /// without a word, as one does that crashes.
    static func worker(
        _ broker: String,
        ready: Frame,
        answer: (Message) -> Message?
    ) async throws {
        // What is left to send when the worker ends is of no use to anybody.
        try await withSocket(RequestSocket(), linger: .discard) { worker in
            try worker.connect(broker)
            try await worker.send(Message(ready))
            for try await message in worker.messages {
                // What has no envelope can't be answered, only asked on from.
                guard let (client, request) = message.splitEnvelope() else {
                    try await worker.send(Message(ready))
                    continue
                }
                guard let answer = answer(request) else { return }
                try await worker.send(client + [""] + answer)
            }
        }
    }

    static func client(_ broker: String, count: Int, name: String) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect(broker)
            for _ in 0..<count { _ = try await client.request("HELLO", timeout: .seconds(10)) }
            say("\(name): \(count) answers")
        }
    }
}

/// The workers that wait for work, the one that has waited longest first.
struct FreeWorkers {
    private var ids: [Frame] = []

    var isEmpty: Bool { ids.isEmpty }
    var count: Int { ids.count }

    mutating func add(_ id: Frame) {
        // Who says READY twice is still one worker.
        ids.removeAll { $0 == id }
        ids.append(id)
    }

    mutating func next() -> Frame? { ids.isEmpty ? nil : ids.removeFirst() }
}

extension RouterSocket {
    /// Sends to a peer that may have left; false if it has. For a socket that is `isMandatory`.
    func took(_ message: Message) async throws -> Bool {
        do {
            try await send(message)
            return true
        } catch ZeroMQError.Code.hostUnreachable {
            return false
        }
    }
}
