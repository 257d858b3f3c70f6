// Weather: a server publishes, and clients take what they subscribed to. PUB and SUB.
//
// Each update is one line of text, "ZIP TEMPERATURE HUMIDITY". A subscription is a prefix: a
// client of one place asks for the lines that begin with its zip code.

import Foundation
import ZeroMQ

let usageText = """
    usage: weather                                   both roles in one process, a few updates
           weather server [endpoint]                 publishes made-up weather until Ctrl-C
           weather client [endpoint] [zip] [count]   averages 20 updates, or as many as told

    """

/// A PUB socket sends to the subscribers there are, and waits for none.
func serve(_ server: PublisherSocket, zips: ClosedRange<Int>) throws(ZeroMQError) {
    while true {
        let zip = Int.random(in: zips)
        let temperature = Int.random(in: -80...134)
        let humidity = Int.random(in: 10...59)
        // Zip codes have five digits, also when the first of them is zero.
        let digits = String(100_000 + zip).dropFirst()
        try server.send(Message("\(digits) \(temperature) \(humidity)"))
    }
}

/// A SUB socket receives nothing until it subscribes.
func watch(_ client: SubscriberSocket, zip: String, count: Int) throws(ZeroMQError) {
    // With the space, "10001" does not also ask for what begins with "100012".
    try client.subscribe(Frame(zip + " "))
    var sum = 0
    for number in 1...count {
        let update = String(try client.receive())
        let fields = update.split(separator: " ")
        // What comes from the network may be anything: a line without a number counts as zero.
        sum += fields.count > 1 ? Int(Int16(fields[1]) ?? 0) : 0
        print("update \(number): \(update)")
    }
    print("Average temperature for zipcode '\(zip)' was \(sum / count)F")
}

/// Plays both roles at once, for ten places of which the client wants one.
func playBoth() throws(ZeroMQError) {
    let server = PublisherSocket()
    let endpoint = try server.bind("tcp://127.0.0.1:*")
    Thread.detachNewThread { try? serve(server, zips: 10_001...10_010) }

    let client = SubscriberSocket()
    try client.connect(endpoint)
    try watch(client, zip: "10001", count: 5)
}

@main
enum Weather {
    static func main() {
        endCleanlyOnSignals()
        let words = Array(CommandLine.arguments.dropFirst())
        do throws(ZeroMQError) {
            switch (words.first, words.count) {
            case (nil, _):
                try playBoth()
            case ("server", ...2):
                let server = PublisherSocket()
                try server.bind(words.count > 1 ? words[1] : "tcp://*:5556")
                try serve(server, zips: 0...99_999)
            case ("client", ...4):
                let zip = words.count > 2 ? words[2] : "10001"
                let number = words.count > 3 ? words[3] : "20"
                guard let count = Int(number), count > 0 else { fallthrough }
                let client = SubscriberSocket()
                try client.connect(words.count > 1 ? words[1] : "tcp://localhost:5556")
                try watch(client, zip: zip, count: count)
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
