internal import Glibc

/// Measures this library or, with the same code, libzmq.
@main
enum ZMQPerf {
    /// The code that `sysexits.h` has for a command line used incorrectly.
    private static let usageExit: Int32 = 64

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            switch words.first {
            case CompareOptions.name:
                guard let options = CompareOptions(words.dropFirst()) else {
                    refuse(CompareOptions.usage)
                }
                if try !Comparison.run(options) { exit(1) }
            case SweepOptions.name:
                guard let options = SweepOptions(words.dropFirst()) else {
                    refuse(SweepOptions.usage)
                }
                try Sweep(options).run()
            case GateWork.name:
                if try !GateWork.run(words.dropFirst()) { refuse(GateWork.usage) }
            case BusyProcess.name: BusyProcess.run()
            case CellProcess.name:
                if try !CellProcess.run(words) { refuse(Command.usage) }
            default:
                guard let arguments = Arguments(words) else { refuse(Command.usage) }
                try measure(arguments)
            }
        } catch {
            StandardError.write("zmq-perf: \(error)\n")
            exit(1)
        }
    }

    private static func refuse(_ usage: String) -> Never {
        StandardError.write(usage)
        exit(usageExit)
    }

    private static func measure(_ arguments: Arguments) throws {
        if arguments.usesLibZMQ {
            try run(LibZMQMessaging.self, arguments)
        } else {
            try run(NativeMessaging.self, arguments)
        }
    }

    private static func run<Messaging: PerfMessaging>(
        _ library: Messaging.Type,
        _ arguments: Arguments
    ) throws {
        var limits = PerfLimits(highWaterMark: arguments.highWaterMark)
        // Many peers come at once; none of them should be made to try again.
        if arguments.peers > 0 { limits.backlog = 4096 }
        if arguments.command == .polling {
            ProcessLimits.raiseDescriptorLimit()
            limits.sockets = Int32(clamping: arguments.peers + 1)
        }
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
        case .polling:
            try Polling.local(messaging, sockets: arguments.peers, rounds: count)
        case .idlePeers:
            try Idle.remote(messaging, endpoint, peers: arguments.peers)
        }
    }
}
