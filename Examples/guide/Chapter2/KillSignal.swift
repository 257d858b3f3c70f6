// Kill signal: workers that end when the sink says so.
//
//     ventilator (PUSH) ──▶ workers (PULL, PUSH) ──▶ sink (PULL)
//                               ▲ SUB ◀───── PUB ◀─────┘
//
// PUSH and PULL go one way and know no end. So the end comes by another pair of sockets, and each
// worker waits for both its work and its orders.

import ZeroMQ

extension GuideProgram {
    static let killSignal = GuideProgram(
        name: "kill-signal",
        pattern: "PUSH, PULL; PUB, SUB",
        tryThis: "start several workers, and see all of them end",
        shows: "ending a pipeline from its far end",
        roles: [
            Role(name: "ventilator", arguments: "[workers] [sink]") { arguments in
                try await KillSignal.ventilate(
                    arguments.text(0, default: "tcp://127.0.0.1:5557"),
                    sink: arguments.text(1, default: "tcp://127.0.0.1:5558"),
                    workers: 1
                )
            },
            Role(name: "worker", arguments: "[ventilator] [sink] [control]") { arguments in
                try await KillSignal.work(
                    arguments.text(0, default: "tcp://127.0.0.1:5557"),
                    sink: arguments.text(1, default: "tcp://127.0.0.1:5558"),
                    control: arguments.text(2, default: "tcp://127.0.0.1:5559")
                )
            },
            Role(name: "sink", arguments: "[results] [control] [workers]") { arguments in
                try await KillSignal.collect(
                    arguments.text(0, default: "tcp://127.0.0.1:5558"),
                    control: arguments.text(1, default: "tcp://127.0.0.1:5559"),
                    workers: arguments.number(2, default: 1)
                )
            },
        ],
        play: {
            let (tasks, results, control) = (
                "inproc://tasks", "inproc://results", "inproc://control"
            )
            let worker = { @Sendable in
                try await KillSignal.work(tasks, sink: results, control: control)
            }
            try await playing(together: [
                { try await KillSignal.ventilate(tasks, sink: results, workers: 3) },
                { try await KillSignal.collect(results, control: control, workers: 3) },
            ]) {
                try await withThrowingTaskGroup { workers in
                    for _ in 1...3 { workers.addTask { try await worker() } }
                    try await workers.waitForAll()
                }
                say("all workers have ended")
            }
        }
    )
}

private enum KillSignal {
    private enum Input {
        case task(Message)
        case order
    }

    static func ventilate(_ endpoint: String, sink: String, workers: Int) async throws {
        try await withSocket(PushSocket()) { ventilator in
            try await withSocket(PushSocket()) { start in
                try ventilator.bind(endpoint)
                try start.connect(sink)
                // Each worker that is there gets work: the first must not get all of it.
                try await ventilator.waitForPeers(atLeast: workers)
                try await start.send("0")
                for _ in 1...100 { try await ventilator.send("\(Int.random(in: 1...5))") }
            }
        }
    }

    static func work(_ ventilator: String, sink: String, control: String) async throws {
        try await withSocket(PullSocket()) { tasks in
            try await withSocket(PushSocket()) { results in
                try await withSocket(SubscriberSocket()) { orders in
                    try tasks.connect(ventilator)
                    try results.connect(sink)
                    try orders.subscribe()
                    try orders.connect(control)
                    let select = Select<Input>()
                    select.add(tasks, Input.task)
                    select.add(orders) { _ in .order }
                    while case .task(let task) = try await select.next() {
                        // What comes from the network may be anything: no number is no work.
                        try await Task.sleep(for: .milliseconds(UInt16(String(task)) ?? 0))
                        try await results.send("")
                    }
                    say("worker: told to end")
                }
            }
        }
    }

    static func collect(_ endpoint: String, control: String, workers: Int) async throws {
        try await withSocket(PullSocket()) { sink in
            try await withSocket(PublisherSocket()) { orders in
                try sink.bind(endpoint)
                try orders.bind(control)
                for _ in 0...100 { _ = try await sink.receive() }
                say("sink: 100 results")
                // PUB reaches those who are there, and a worker may have subscribed late.
                try await orders.waitForSubscribers(atLeast: workers)
                try await orders.send("KILL")
            }
        }
    }
}
