/// A cell that both libraries run, and the rows that it gives to the table.
struct Workload: Sendable {
    let group: Group
    /// What tells it from the others of its group.
    let name: String
    var cell: Cell
    let rows: [Row]
    var ours = CellRun.Contender.ours
    var yardstick = CellRun.Contender.libzmq
    /// Part of the short run.
    var isQuick = false
    /// Rounds after which it is left out, because it takes long.
    var maximumRounds = Int.max
    /// Seconds that one run takes beyond what it measures and starts.
    var preparation = 0.0

    /// Seconds that one run takes, about.
    var seconds: Double {
        let phases = cell.work == .match ? 2.0 : 1.0
        return 0.05 + phases * Double(cell.warmUp + cell.duration) / 1000 + preparation
    }

    /// The heading under which rows stand.
    enum Group: String, CaseIterable, Sendable {
        case throughput, latency, spaced, window, publish, match, peers, fanin, multipart, slow
        case proxy, curve, cross

        var title: String {
            switch self {
            case .throughput: "Throughput, PUSH to PULL"
            case .latency: "Round trips one after the other, 64 B"
            case .spaced: "One message each millisecond, 64 B"
            case .window: "DEALER to ROUTER and back, 64 B, by round trips under way"
            case .publish: "PUB to SUBs over tcp, deliveries"
            case .match: "PUB with many subscriptions, 12 to 19 B"
            case .peers: "ROUTER with many peers over tcp"
            case .fanin: "Fan-in over tcp, 64 B"
            case .multipart: "Messages of several frames of 16 B over tcp"
            case .slow: "Slow consumer: 2 µs of work on each message, 1 KiB, high-water mark 1000"
            case .proxy: "Through a proxy: tcp to it, inproc behind it, 64 B"
            case .curve: "Throughput with CURVE, PUSH to PULL over tcp"
            case .cross: "Mixed pairs over tcp, against libzmq with itself"
            }
        }
    }
}

/// One line of the table.
struct Row: Sendable {
    let title: String
    let unit: Unit
    var phase = Phase.main
    var floor = FloorShare.none

    /// What is compared, and how it reads.
    enum Unit: Sendable {
        /// Messages a second.
        case rate
        /// The median of a time.
        case median
        /// Bytes.
        case memory
        /// A number between zero and one.
        case index
    }

    /// What a sample has for this row.
    func value(_ sample: Sample) -> Double? {
        switch unit {
        case .rate: sample.rate(phase)
        case .median: sample[.p50, phase]
        case .memory: sample[.memory, phase]
        case .index: sample[.fairness, phase]
        }
    }
}
