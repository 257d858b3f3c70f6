// Moves messages between two sets of endpoints: what stands in the middle of a ZeroMQ network.

import CLibrary
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

    For all of these endpoints:
    \(SecurityArguments.usage)

    Endpoints are bound, unless they begin with connect: as in connect:tcp://host:5555.
    Ctrl-C ends the proxy. Exit codes: 0 ended, 1 failed, 64 wrong command line.
    """

@main
enum ZMQProxy {
    static func main() {
        let arguments = Arguments.read(usage: usage)
        onInterrupt { Context.shared.shutDown() }
        do throws(ZeroMQError) {
            let (frontend, backend) = arguments.kind.sockets()
            try arguments.security.apply(to: frontend)
            try arguments.security.apply(to: backend)
            for endpoint in arguments.frontend { try endpoint.open(frontend, as: "frontend") }
            for endpoint in arguments.backend { try endpoint.open(backend, as: "backend") }
            var capture: PublisherSocket?
            if let endpoint = arguments.capture {
                let publisher = PublisherSocket()
                try arguments.security.apply(to: publisher)
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
                        + "\(moved.toBackend.bytes) bytes; "
                        + "to frontend \(moved.toFrontend.messages), \(moved.toFrontend.bytes); "
                        + "rejected \(moved.rejected)"
                )
            }
        }
    }
}

/// What the command line says.
struct Arguments: ToolArguments {
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
    var security = SecurityArguments()
    private var hasKind = false

    mutating func take(_ word: String, _ others: inout Words) -> Bool {
        switch word {
        case "--frontend", "--backend", "--capture":
            guard let text = others.next() else { return false }
            let endpoint = EndpointArgument(text, isBoundByDefault: true)
            if word == "--frontend" { frontend.append(endpoint) }
            if word == "--backend" { backend.append(endpoint) }
            if word == "--capture" { capture = endpoint }
        case "--statistics":
            statistics = others.next().flatMap { UInt32($0) }
            return statistics.map { $0 > 0 } ?? false
        default:
            guard !hasKind, let kind = Kind(rawValue: word) else { return false }
            (self.kind, hasKind) = (kind, true)
        }
        return true
    }

    var isComplete: Bool { hasKind && !frontend.isEmpty && !backend.isEmpty }
}
