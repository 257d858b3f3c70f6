// Readiness: a boss who gives work to those who ask for it.
//
//     boss (ROUTER) ◀── workers (REQ or DEALER)
//
// Dealing in turn would give slow workers as much as fast ones. Here each asks when it is done.
// DEALER has to send the empty frame itself; then a ROUTER cannot tell it from REQ.

import ZeroMQ

extension GuideProgram {
    static let readiness = GuideProgram(
        name: "readiness",
        pattern: "ROUTER, REQ; ROUTER, DEALER",
        tryThis: "start workers of both kinds, and stop one for a while",
        shows: "work for the worker that is ready, and that DEALER can do what REQ does",
        roles: [
            Role(name: "boss", arguments: "[endpoint] [workers] [tasks]") { arguments in
                try await Readiness.manage(
                    arguments.text(0, default: "tcp://127.0.0.1:5671"),
                    workers: arguments.number(1, default: 10),
                    tasks: arguments.number(2, default: 1000)
                )
            },
            Role(name: "req-worker", arguments: "[boss]") { arguments in
                let boss = arguments.text(0, default: "tcp://127.0.0.1:5671")
                try await Readiness.work(asREQ: boss, name: "worker")
            },
            Role(name: "dealer-worker", arguments: "[boss]") { arguments in
                let boss = arguments.text(0, default: "tcp://127.0.0.1:5671")
                try await Readiness.work(asDEALER: boss, name: "worker")
            },
        ],
        play: {
            let endpoint = "inproc://boss"
            try await playing({ try await Readiness.manage(endpoint, workers: 10, tasks: 200) }) {
                try await withThrowingTaskGroup { workers in
                    for number in 1...5 {
                        workers.addTask {
                            try await Readiness.work(asREQ: endpoint, name: "REQ \(number)")
                        }
                        workers.addTask {
                            try await Readiness.work(asDEALER: endpoint, name: "DEALER \(number)")
                        }
                    }
                    try await workers.waitForAll()
                }
                say("all workers have been fired")
            }
        }
    )
}

private enum Readiness {
    static func manage(_ endpoint: String, workers: Int, tasks: Int) async throws {
        try await withSocket(RouterSocket()) { boss in
            try boss.bind(endpoint)
            for _ in 0..<tasks { try await boss.reply(to: boss.receive(), with: "Work harder!") }
            for _ in 0..<workers { try await boss.reply(to: boss.receive(), with: "Fired!") }
        }
    }

    static func work(asREQ boss: String, name: String) async throws {
        try await withSocket(RequestSocket(), linger: .discard) { worker in
            try worker.connect(boss)
            var tasks = 0
            while try await worker.request("Hi Boss") != "Fired!" { try await perform(&tasks) }
            say("\(name): completed \(tasks) tasks")
        }
    }

    static func work(asDEALER boss: String, name: String) async throws {
        try await withSocket(DealerSocket(), linger: .discard) { worker in
            try worker.connect(boss)
            var tasks = 0
            while true {
                try await worker.send(["", "Hi Boss"])
                if try await worker.receive().last == "Fired!" { break }
                try await perform(&tasks)
            }
            say("\(name): completed \(tasks) tasks")
        }
    }

    private static func perform(_ tasks: inout Int) async throws {
        tasks += 1
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...10)))
    }
}
