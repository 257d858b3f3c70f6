// Majordomo: clients name a service, and a broker gives each request to a worker of that service.
//
// The protocol is RFC 7 (MDP 0.1), with RFC 8's question whether a service is there. Workers and
// the broker tell each other that they live; the request of a worker that dies goes to another.

import ZeroMQ

extension GuideProgram {
    static let majordomo = GuideProgram(
        name: "majordomo",
        pattern: "RFC 7",
        tryThis: "kill a worker at work, or stop it with SIGSTOP; restart the broker",
        shows: "services by name, heartbeats, requests of dead workers given to others",
        roles: [
            Role(name: "broker", arguments: "[endpoint] [heartbeat-ms]") { arguments in
                try await withSocket(RouterSocket()) { socket in
                    let endpoint = arguments.text(0, default: "tcp://*:5555")
                    say("broker: at \(try Majordomo.bind(socket, at: endpoint))")
                    let beat = try arguments.milliseconds(1, default: 2500)
                    try await Majordomo.serve(socket, beat: beat)
                }
            },
            Role(
                name: "worker",
                arguments: "[endpoint] [service] [heartbeat-ms] [work-ms]"
            ) { arguments in
                let worker = MajordomoWorker(
                    broker: arguments.text(0, default: "tcp://localhost:5555"),
                    service: Frame(arguments.text(1, default: "echo")),
                    beat: try arguments.milliseconds(2, default: 2500)
                )
                let work = try arguments.milliseconds(3, default: 0)
                try await worker.run { request in
                    say("worker: got \(request)")
                    try await Task.sleep(for: work)
                    return request
                }
            },
            Role(name: "client", arguments: "[endpoint] [service] [count]") { arguments in
                let service = Frame(arguments.text(1, default: "echo"))
                let count = try arguments.number(2, default: 10)
                try await withSocket(RequestSocket()) { socket in
                    try socket.connect(arguments.text(0, default: "tcp://localhost:5555"))
                    try await Majordomo.ask(MajordomoClient(socket), service, rounds: count)
                }
            },
        ],
        play: {
            try await withSocket(RouterSocket()) { socket in
                let endpoint = "\(try Majordomo.bind(socket, at: "tcp://127.0.0.1:*"))"
                let beat = Duration.milliseconds(200)
                try await playing(together: [
                    { try await Majordomo.serve(socket, beat: beat) },
                    { try await Majordomo.work(for: endpoint, beat: beat, crashingAt: 5) },
                    { try await Majordomo.work(for: endpoint, beat: beat, crashingAt: nil) },
                ]) {
                    try await withSocket(RequestSocket()) { socket in
                        try socket.connect(endpoint)
                        try await Majordomo.ask(MajordomoClient(socket), "echo", rounds: 20)
                    }
                }
            }
        }
    )
}

/// What broker, workers and clients agree on.
enum Majordomo {
    static let clientHeader: Frame = "MDPC01"
    static let workerHeader: Frame = "MDPW01"
    /// After so many heartbeats that did not come, the other side counts as dead.
    static let liveness = 4

    /// What broker and workers tell each other.
    enum Command: UInt8 {
        case ready = 1
        case request, reply, heartbeat, disconnect

        init?(_ frame: Frame) {
            guard frame.count == 1, let byte = frame.first else { return nil }
            self.init(rawValue: byte)
        }

        var frame: Frame { Frame([rawValue]) }
    }

    /// Asks whether the service is there, and then the service itself.
    static func ask(_ client: MajordomoClient, _ service: Frame, rounds: Int) async throws {
        let status = try await client.request("mmi.service", Message(service))
        say("client: mmi.service says \(status.map { "\($0)" } ?? "nothing") of \(service)")
        var answered = 0
        for round in 1...rounds {
            guard let answer = try await client.request(service, "request \(round)") else {
                say("client: no answer to request \(round)")
                continue
            }
            if answer == "request \(round)" { answered += 1 }
        }
        say("client: \(answered) of \(rounds) requests answered")
    }

    /// Plays an echo worker, which may die with a request in its hands.
    fileprivate static func work(
        for broker: String,
        beat: Duration,
        crashingAt crash: Int?
    ) async throws {
        struct Crash: Error {}
        var count = 0
        do {
            try await MajordomoWorker(broker: broker, service: "echo", beat: beat).run { request in
                count += 1
                if count == crash { throw Crash() }
                return request
            }
        } catch is Crash {
            say("worker: simulating a crash with request \(count) in hand")
        }
    }
}
