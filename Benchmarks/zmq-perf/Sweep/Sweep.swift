/// Messages at a steady pace, from one every microsecond to one a second: what a wait costs when it
/// is short, and when it is long.
struct Sweep {
    private let options: SweepOptions
    private let runners: [Runner]

    /// A library that is measured.
    private struct Runner {
        let title: String
        let contender: CellRun.Contender
        var program = ChildProcess.itself
    }

    init(_ options: SweepOptions) {
        self.options = options
        var runners = [Runner(title: "ours", contender: .ours)]
        if let other = options.other {
            runners.append(Runner(title: "beside", contender: .ours, program: other))
        }
        if options.measuresLibZMQ {
            runners.append(Runner(title: "libzmq", contender: .libzmq))
        }
        self.runners = runners
    }

    func run() throws {
        Interruption.watch()
        let burden = try (0..<options.busyProcesses).map { _ in
            try ChildProcess([BusyProcess.name], channels: 1)
        }
        defer { for process in burden { process.end(killing: true) } }
        var rows = [heading]
        for transport in options.transports {
            for spacing in options.spacings where !Interruption.isRequested {
                rows.append(try row(transport, spacing))
            }
        }
        print(Table.columns(rows).joined(separator: "\n"))
        print("\nµs: median latency, and processor time of both ends for each message, without")
        print("what keeps the pace. Each is the median of \(options.rounds) runs in turn.")
    }

    private var heading: [String] {
        let titles = runners.map(\.title)
        return ["", "every"] + titles.map { "\($0) µs" } + titles.map { "\($0) CPU" }
            + titles.dropFirst().map { "CPU to \($0)" }
    }

    private func row(_ transport: Transport, _ spacing: Int) throws -> [String] {
        let cell = options.cell(transport, spacing: spacing)
        var samples = runners.map { _ in [Sample]() }
        for round in 0..<options.rounds {
            // Forwards, then backwards: a drift of the machine hits all alike.
            for index in round.isMultiple(of: 2)
                ? Array(runners.indices) : runners.indices.reversed()
            {
                let runner = runners[index]
                samples[index].append(
                    try CellRun.sample(cell, runner.contender, program: runner.program)
                )
            }
        }
        let latencies = samples.map { Spread($0.compactMap { $0[.p50] })?.median ?? .nan }
        let costs = samples.map { Spread($0.compactMap { $0.perMessage(.cpu) })?.median ?? .nan }
        return ["\(transport)", Self.time(spacing)]
            + latencies.map { Figures.short($0 / 1000) } + costs.map { Figures.short($0 / 1000) }
            + costs.dropFirst().map { Figures.short(costs[0] / $0) }
    }

    private static func time(_ microseconds: Int) -> String {
        switch microseconds {
        case 1_000_000...: "\(microseconds / 1_000_000) s"
        case 1000...: "\(microseconds / 1000) ms"
        default: "\(microseconds) µs"
        }
    }
}

/// A process that keeps a processor busy until it is ended.
enum BusyProcess {
    static let name = "busy"

    static func run() -> Never {
        HiddenCalls.endWithParent()
        while true { _ = MonotonicClock.now }
    }
}
