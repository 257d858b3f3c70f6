// Ping-pong: a client asks and a server answers, in turn. In ZeroMQ's words: REQ and REP.
//
// Either role can be played by any other program that speaks ZeroMQ.

import Foundation
import ZeroMQ

let usageText = """
    usage: ping-pong                              both roles in one process, ten rounds
           ping-pong server [endpoint]            answers every request with "World"
           ping-pong client [endpoint] [count]    sends "Hello" ten times, or as often as told

    """

/// A REP socket receives a request and has to answer it before it can receive the next.
func serve(_ server: ReplySocket) throws(ZeroMQError) {
    while true {
        let request = try server.receive()
        print("server: received \(String(request))")
        try server.send("World")
    }
}

/// A REQ socket sends a request and has to receive the answer before it can send the next.
func ask(_ client: RequestSocket, rounds: Int) throws(ZeroMQError) {
    for round in 1...rounds {
        try client.send("Hello")
        let answer = try client.receive()
        print("client: received \(String(answer)) (\(round) of \(rounds))")
    }
}

/// Plays both roles at once. The system picks a free port, and `bind` returns which one.
func playBoth() throws(ZeroMQError) {
    let server = ReplySocket()
    let endpoint = try server.bind("tcp://127.0.0.1:*")
    Thread.detachNewThread { try? serve(server) }

    let client = RequestSocket()
    try client.connect(endpoint)
    try ask(client, rounds: 10)
}

@main
enum PingPong {
    static func main() {
        endCleanlyOnSignals()
        let words = Array(CommandLine.arguments.dropFirst())
        do throws(ZeroMQError) {
            switch (words.first, words.count) {
            case (nil, _):
                try playBoth()
            case ("server", ...2):
                let server = ReplySocket()
                try server.bind(words.count > 1 ? words[1] : "tcp://*:5555")
                try serve(server)
            case ("client", ...3):
                let count = words.count > 2 ? words[2] : "10"
                guard let rounds = Int(count), rounds > 0 else { fallthrough }
                let client = RequestSocket()
                // The server need not be there yet: the first request waits for it.
                try client.connect(words.count > 1 ? words[1] : "tcp://localhost:5555")
                try ask(client, rounds: rounds)
            default:
                complain(usageText, status: 64)
            }
        } catch {
            end(with: error)
        }
    }
}

// MARK: What every program needs

/// Shuts ZeroMQ down on Ctrl-C or SIGTERM: every waiting call throws, and `main` comes to its end.
func endCleanlyOnSignals() {
    for number in [SIGINT, SIGTERM] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { withExtendedLifetime(source) { Context.shared.shutDown() } }
        source.activate()
    }
}

/// Ends the program: quietly after Ctrl-C, with a word about everything else.
func end(with error: ZeroMQError) -> Never {
    switch error.code {
    case .contextShutDown: exit(0)
    case .invalidEndpoint, .unsupportedTransport: complain("\(error)\n\(usageText)", status: 64)
    default: complain("\(error)\n", status: 1)
    }
}

/// Prints to standard error and ends the program.
func complain(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data(text.utf8))
    exit(status)
}
