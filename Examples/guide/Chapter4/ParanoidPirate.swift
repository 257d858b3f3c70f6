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
            let worker = { @Sendable in
                try await ParanoidPirate.worker(back, name: "worker 2", interval: interval)
            }
            try await playing(together: [
                {
                    try await ParanoidPirate.queue(
                        clients: front,
                        workers: back,
                        interval: interval
                    )
                },
                { try await ParanoidPirate.hanging(back, then: worker) },
            ]) {
                try await ParanoidPirate.client(front, 10, patience: .milliseconds(300))
            }
        }
    )
}

enum ParanoidPirate {
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
                select.add(frontend, when: { !free.isEmpty }, Input.request)
                select.add(backend, Input.worker)
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

    /// A worker that takes a request and hangs, with its connection in place; then comes another.
    static func hanging(_ queue: String, then other: () async throws -> Void) async throws {
        try await withSocket(DealerSocket(), linger: .discard) { worker in
            try worker.connect(queue)
            try await worker.send(ready)
            while try await worker.receive() == heartbeat { try await worker.send(heartbeat) }
            say("worker 1: hangs")
            try await other()
        }
    }

    static func client(_ queue: String, _ count: Int, patience: Duration) async throws {
        try await withSocket(RequestSocket()) { client in
            try client.connect(queue)
            try await LazyPirate.ask(client, rounds: count, patience: patience)
        }
    }
}
