// Interrupt: a server that cleans up on Ctrl-C or SIGTERM.
//
// A signal cancels the task of the program. Every call that waits then throws, at once and without
// having taken a message, and the error finds its way out through each scope, which cleans up.

import Foundation
import ZeroMQ

extension GuideProgram {
    static let interrupt = GuideProgram(
        name: "interrupt",
        pattern: "REQ, REP",
        tryThis: "press Ctrl-C, or send SIGTERM",
        shows: "ending cleanly when told to",
        roles: [
            Role(name: "server", arguments: "[endpoint]") { arguments in
                try await Interrupt.serve(arguments.text(0, default: "tcp://127.0.0.1:5555"))
            }
        ],
        play: {
            try await playing({ try await Interrupt.serve("inproc://server") }) {
                try await withSocket(RequestSocket()) { client in
                    try client.connect("inproc://server")
                    for number in 1...3 { _ = try await client.request("\(number)") }
                }
                kill(getpid(), SIGINT)
                // The signal ends this, as it ends everything.
                while true { try await Task.sleep(for: .seconds(1)) }
            }
        }
    )
}

private enum Interrupt {
    static func serve(_ endpoint: String) async throws {
        try await withSocket(ReplySocket()) { server in
            // The place for what has to be put in order: the socket is still open.
            defer { say("server: interrupted, cleaning up") }
            try server.bind(endpoint)
            say("server: ready")
            for try await request in server.messages {
                say("server: \(request)")
                try await server.send(request)
            }
        }
    }
}
