internal import Glibc

/// Measures this library or, with the same code, libzmq.
@main
enum ZMQPerf {
    /// The code that `sysexits.h` has for a command line used incorrectly.
    private static let usageExit: Int32 = 64

    static func main() {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            complain(Command.usage)
            exit(usageExit)
        }
        do {
            if arguments.usesLibZMQ {
                try run(LibZMQMessaging.self, arguments)
            } else {
                try run(NativeMessaging.self, arguments)
            }
        } catch {
            complain("zmq-perf: \(error)\n")
            exit(1)
        }
    }

    private static func run<Messaging: PerfMessaging>(
        _ library: Messaging.Type,
        _ arguments: Arguments
    ) throws {
        var limits = PerfLimits(highWaterMark: arguments.highWaterMark)
        // Many peers come at once; none of them should be made to try again.
        if arguments.peers > 0 { limits.backlog = 4096 }
        let messaging = try library.init(limits: limits)
        let (endpoint, size, count) = (arguments.endpoint, arguments.size, arguments.count)
        switch arguments.command {
        case .localThroughput:
            try Throughput.local(messaging, endpoint, size: size, count: count)
        case .remoteThroughput:
            try Throughput.remote(messaging, endpoint, size: size, count: count)
        case .inprocThroughput:
            try Throughput.inproc(messaging, size: size, count: count)
        case .localLatency:
            try Latency.local(messaging, endpoint, size: size, roundTrips: count)
        case .remoteLatency:
            try Latency.remote(messaging, endpoint, size: size, roundTrips: count)
        case .inprocLatency:
            try Latency.inproc(messaging, size: size, roundTrips: count)
        case .localPublisher:
            try FanOut.local(messaging, arguments)
        case .remoteSubscribers:
            try FanOut.remote(messaging, arguments)
        case .idle:
            try Idle.local(messaging, endpoint, peers: arguments.peers)
        case .idlePeers:
            try Idle.remote(messaging, endpoint, peers: arguments.peers)
        }
    }

    private static func complain(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
