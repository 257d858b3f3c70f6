/// The sub-commands, under the names of libzmq's own tools where it has them.
enum Command: String, CaseIterable {
    case localThroughput = "local_thr"
    case remoteThroughput = "remote_thr"
    case localLatency = "local_lat"
    case remoteLatency = "remote_lat"
    case inprocThroughput = "inproc_thr"
    case inprocLatency = "inproc_lat"
    case localPublisher = "local_pub"
    case remoteSubscribers = "remote_sub"
    case idle = "idle"
    case idlePeers = "idle_peers"
    case polling = "poll"

    /// What must follow the name, in this order.
    var parameters: [Parameter] {
        switch self {
        case .localThroughput, .remoteThroughput: [.endpoint, .size, .count]
        case .localLatency, .remoteLatency: [.endpoint, .size, .roundTrips]
        case .inprocThroughput: [.size, .count]
        case .inprocLatency: [.size, .roundTrips]
        case .localPublisher, .remoteSubscribers: [.endpoint, .size, .count, .subscribers]
        case .idle, .idlePeers: [.endpoint, .peers]
        case .polling: [.sockets, .count]
        }
    }

    /// What is printed when the command line is wrong.
    static var usage: String {
        let lines = allCases.map { command in
            let words = [command.rawValue] + command.parameters.map(\.rawValue)
            return "       zmq-perf " + words.joined(separator: " ")
        }
        return """
            usage: zmq-perf COMMAND ... [--hwm N] [--libzmq]
            \(lines.joined(separator: "\n"))
            --hwm N    high-water mark of both directions; 0 is no limit, the default is 1000
            --libzmq   measure libzmq instead of this library

            \(CompareOptions.usage)
            \(SweepOptions.usage)
            \(GateWork.usage)
            """
    }
}

/// A positional argument, under the name that the usage shows.
enum Parameter: String {
    case endpoint = "ENDPOINT"
    case size = "SIZE"
    case count = "COUNT"
    case roundTrips = "ROUNDTRIPS"
    case subscribers = "SUBSCRIBERS"
    case peers = "PEERS"
    case sockets = "SOCKETS"

    /// The smallest number that makes sense.
    var minimum: Int { self == .size ? 0 : 1 }
}
