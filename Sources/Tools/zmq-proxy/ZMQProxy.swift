// Moves messages between two sets of endpoints: what stands in the middle of a ZeroMQ network.

import Glibc
import ToolSupport
import ZeroMQ

let usage = """
    usage: zmq-proxy KIND --frontend ENDPOINT... --backend ENDPOINT... [options]

    KIND          frontend and backend sockets
      queue       ROUTER and DEALER: requests to workers, replies to clients
      forwarder   XSUB and XPUB: publishers to subscribers
      streamer    PULL and PUSH: tasks to workers

    --frontend ENDPOINT   where clients, publishers or producers are; may be repeated
    --backend ENDPOINT    where workers or subscribers are; may be repeated
    --capture ENDPOINT    publish a copy of every message there
    --statistics SECONDS  print what has been moved every so often
    --help                print this

    Endpoints are bound, unless they begin with connect: as in connect:tcp://host:5555.
    Ctrl-C ends the proxy. Exit codes: 0 ended, 1 failed, 64 wrong command line.
    """

@main
enum ZMQProxy {
    static func main() {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            complain(usage, status: ExitCode.usage)
        }
        if arguments.wantsHelp {
            print(usage)
            return
        }
        onInterrupt { Context.shared.shutDown() }
        do throws(ZeroMQError) {
            let (frontend, backend) = arguments.kind.sockets()
            for endpoint in arguments.frontend { try endpoint.open(frontend, as: "frontend") }
            for endpoint in arguments.backend { try endpoint.open(backend, as: "backend") }
            var capture: PublisherSocket?
            if let endpoint = arguments.capture {
                let publisher = PublisherSocket()
                try endpoint.open(publisher, as: "capture")
                capture = publisher
            }
            let proxy = Proxy(frontend: frontend, backend: backend, capture: capture)
            if let seconds = arguments.statistics { report(proxy, every: seconds) }
            try proxy.run()
        } catch {
            end(with: error, usage: usage)
        }
    }

    private static func report(_ proxy: Proxy, every seconds: UInt32) {
        startThread {
            while true {
                sleep(seconds)
                let moved = proxy.statistics
                note(
                    "to backend \(moved.toBackend.messages) messages, "
                        + "\(moved.toBackend.octets) octets; "
                        + "to frontend \(moved.toFrontend.messages), \(moved.toFrontend.octets); "
                        + "rejected \(moved.rejected)"
                )
            }
        }
    }
}

/// What the command line says.
struct Arguments {
    enum Kind: String {
        case queue
        case forwarder
        case streamer

        func sockets() -> (any Socket, any Socket) {
            switch self {
            case .queue: (RouterSocket(), DealerSocket())
            case .forwarder: (XSubscriberSocket(), XPublisherSocket())
            case .streamer: (PullSocket(), PushSocket())
            }
        }
    }

    var kind = Kind.queue
    var frontend: [EndpointArgument] = []
    var backend: [EndpointArgument] = []
    var capture: EndpointArgument?
    var statistics: UInt32?
    var wantsHelp = false

    /// Reads a command line without the name of the program; nil if it is wrong.
    init?(_ words: some Sequence<String>) {
        var hasKind = false
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--help", "-h": wantsHelp = true
            case "--frontend", "--backend", "--capture":
                guard let text = words.next() else { return nil }
                let endpoint = EndpointArgument(text, isBoundByDefault: true)
                if word == "--frontend" { frontend.append(endpoint) }
                if word == "--backend" { backend.append(endpoint) }
                if word == "--capture" { capture = endpoint }
            case "--statistics":
                guard let text = words.next(), let seconds = UInt32(text), seconds > 0 else {
                    return nil
                }
                statistics = seconds
            default:
                guard !hasKind, let kind = Kind(rawValue: word) else { return nil }
                (self.kind, hasKind) = (kind, true)
            }
        }
        if wantsHelp { return }
        guard hasKind, !frontend.isEmpty, !backend.isEmpty else { return nil }
    }
}
