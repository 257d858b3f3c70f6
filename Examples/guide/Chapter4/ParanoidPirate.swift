// Paranoid Pirate: queue and workers that tell each other that they are alive. RFC 6.
//
//     Lazy Pirates (REQ) ──▶ ROUTER  queue  ROUTER ◀── workers (DEALER)
//
// A connection that stands says nothing about the program behind it. So both sides send heartbeats:
// the queue gives no work to a worker that has been silent for three intervals, and a worker that
// hears nothing from the queue starts over with a new connection.

import ZeroMQ

extension GuideProgram {
    static let paranoidPirate = GuideProgram(
        name: "paranoid-pirate",
        pattern: "RFC 6: REQ, ROUTER, ROUTER, DEALER",
        tryThis: "stop a worker with SIGSTOP, or the queue, and let it go on with SIGCONT",
        shows: "heartbeats in both directions, and what to do when there are none",
        roles: [
            Role(name: "queue", arguments: "[clients] [workers] [interval-ms]") { arguments in
                try await ParanoidPirate.queue(
                    clients: arguments.text(0, default: "tcp://127.0.0.1:5555"),
                    workers: arguments.text(1, default: "tcp://127.0.0.1:5556"),
                    interval: arguments.milliseconds(2, default: 1000)
                )
            },
            Role(name: "worker", arguments: "[queue] [name] [interval-ms]") { arguments in
                try await ParanoidPirate.worker(
                    arguments.text(0, default: "tcp://127.0.0.1:5556"),
                    name: arguments.text(1, default: "worker"),
                    interval: arguments.milliseconds(2, default: 1000)
                )
            },
            Role(name: "client", arguments: "[queue] [count]") { arguments in
                let queue = arguments.text(0, default: "tcp://127.0.0.1:5555")
                let count = try arguments.number(1, default: 10)
                try await ParanoidPirate.client(queue, count, patience: .milliseconds(2500))
            },
        ],
        play: {
            let (front, back) = ("inproc://clients", "inproc://workers")
            let interval = Duration.milliseconds(100)
            try await playing(together: [
                {
                    try await ParanoidPirate.queue(
                        clients: front,
                        workers: back,
                        interval: interval
                    )
                },
                { try await ParanoidPirate.worker(back, name: "worker 1", interval: interval) },
                { try await ParanoidPirate.hanging(back) },
            ]) {
                try await ParanoidPirate.client(front, 10, patience: .milliseconds(300))
            }
        }
    )
}

private enum ParanoidPirate {
    static let ready: Message = "\u{1}"
    static let heartbeat: Message = "\u{2}"
    /// After so many silent intervals a peer counts as gone.
    static let liveness = 3

    private enum Input {
        case request(Message)
        case worker(Message)
        case beat
    }

    static func queue(clients: String, workers: String, interval: Duration) async throws {
        try await withSocket(RouterSocket()) { frontend in
            try await withSocket(RouterSocket()) { backend in
                try frontend.bind(clients)
                try backend.bind(workers)
                var free = LivingWorkers(patience: interval * liveness)
                let select = Select<Input>()
                select.add(frontend, when: { !free.isEmpty }) { .request($0) }
                select.add(backend) { .worker($0) }
                select.every(interval) { .beat }
                for try await input in select {
                    switch input {
                    case .request(let request):
                        if let worker = free.next() { try await backend.send(request, to: worker) }
                    case .worker(let message):
                        let answer = free.hear(message)
                        if let answer { try await frontend.send(answer) }
                    case .beat:
                        for worker in free.expire() { say("queue: \(worker) is silent") }
                        for worker in free.ids { try await backend.send(heartbeat, to: worker) }
                    }
                }
            }
        }
    }

    /// Works for the queue; starts over, after longer and longer pauses, whenever it is silent.
    static func worker(_ queue: String, name: String, interval: Duration) async throws {
        var pause = interval
        while true {
            let wasThere = try await withSocket(DealerSocket(), linger: .discard) { worker in
                try worker.connect(queue)
                return try await serve(worker, name, interval)
            }
            pause = wasThere ? interval : min(pause * 2, interval * 32)
            say("\(name): the queue is silent, starting over in \(pause)")
            try await Task.sleep(for: pause)
        }
    }

    /// Works until the queue is silent for too long, and says whether it had ever been there.
    private static func serve(
        _ worker: DealerSocket,
        _ name: String,
        _ interval: Duration
    ) async throws -> Bool {
        try await worker.send(ready)
        var (wasThere, heard) = (false, ContinuousClock.now)
        var nextBeat = heard + interval
        while heard + interval * liveness > .now {
            if let message = try await worker.receive(until: nextBeat) {
                if message != heartbeat {
                    say("\(name): \(message)")
                    try await worker.send(message)
                }
                (wasThere, heard) = (true, .now)
            }
            if nextBeat <= .now {
                try await worker.send(heartbeat)
                nextBeat = .now + interval
            }
        }
        return wasThere
    }

    /// A worker that takes a request and does nothing from then on, but keeps its connection.
    static func hanging(_ queue: String) async throws {
        try await withSocket(DealerSocket(), linger: .discard) { worker in
            try worker.connect(queue)
            try await worker.send(ready)
            while try await worker.receive() == heartbeat { try await worker.send(heartbeat) }
            say("worker 2: hangs")
            while true { _ = try await worker.receive() }
        }
    }

    static func client(_ queue: String, _ count: Int, patience: Duration) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect(queue)
            try await LazyPirate.ask(client, rounds: count, patience: patience)
        }
    }
}

/// The workers that wait for work, and until when each of them counts as alive.
private struct LivingWorkers {
    let patience: Duration
    private var free: [(id: Frame, expiry: ContinuousClock.Instant)] = []

    init(patience: Duration) { self.patience = patience }

    var isEmpty: Bool { free.isEmpty }
    var ids: [Frame] { free.map(\.id) }

    /// Takes a message of a worker in; what it gives back is an answer for a client.
    mutating func hear(_ message: Message) -> Message? {
        var message = message
        guard let id = message.popFirst() else { return nil }
        let isKnown = ids.contains(id)
        let isAnswer = message.splitEnvelope() != nil
        // Who has expired is told nothing any more, so it will start over with READY.
        guard isKnown || isAnswer || message == ParanoidPirate.ready else { return nil }
        let expiry = ContinuousClock.now + patience
        if message == ParanoidPirate.heartbeat {
            for index in free.indices where free[index].id == id { free[index].expiry = expiry }
            return nil
        }
        if !isKnown && !isAnswer { say("queue: \(id) is ready") }
        free.removeAll { $0.id == id }
        free.append((id, expiry))
        return isAnswer ? message : nil
    }

    mutating func next() -> Frame? { free.isEmpty ? nil : free.removeFirst().id }

    /// Forgets who has been silent for too long.
    mutating func expire() -> [Frame] {
        let now = ContinuousClock.now
        defer { free.removeAll { $0.expiry <= now } }
        return free.filter { $0.expiry <= now }.map(\.id)
    }
}
