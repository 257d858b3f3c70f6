// Relay: three tasks that wait for each other, by signals over inproc.
//
//     step 1 (PAIR) ──▶ step 2 (PAIR, PAIR) ──▶ step 3 (PAIR)
//
// Between tasks of one process Swift has its own ways. PAIR is for threads and parts of a program
// that are to become processes one day: then only the endpoint changes.

import ZeroMQ

extension GuideProgram {
    static let relay = GuideProgram(
        name: "relay",
        pattern: "PAIR, inproc",
        tryThis: "run it a thousand times",
        shows: "signals between tasks",
        roles: [],
        play: {
            try await playing(together: [
                { try await Relay.pass(from: nil, to: "inproc://step-2", name: "step 1") },
                {
                    try await Relay.pass(
                        from: "inproc://step-2",
                        to: "inproc://step-3",
                        name: "step 2"
                    )
                },
            ]) {
                try await Relay.pass(from: "inproc://step-3", to: nil, name: "step 3")
            }
        }
    )
}

private enum Relay {
    /// Waits for a signal, if there is a step before, and signals to the next, if any.
    static func pass(from source: String?, to next: String?, name: String) async throws {
        if let source {
            try await withSocket(PairSocket()) { receiver in
                try receiver.bind(source)
                _ = try await receiver.receive()
            }
        }
        say("\(name): ready")
        if let next {
            try await withSocket(PairSocket()) { transmitter in
                try transmitter.connect(next)
                try await transmitter.send("READY")
            }
        }
    }
}
