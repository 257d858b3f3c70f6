/// Runs all workloads with both libraries, round after round, and keeps what is undisturbed.
struct Contest {
    private let options: CompareOptions
    private var progress: Progress
    private(set) var results: [Result]
    private(set) var floors: [Floor: [Sample]] = [:]

    /// What is known about one workload.
    struct Result: Sendable {
        let workload: Workload
        /// Samples taken right after one another.
        var pairs: [(ours: Sample, yardstick: Sample)] = []
        /// Pairs that were thrown away because something else kept the machine busy.
        var disturbed = 0
        /// Why the workload could not be run.
        var failure: String?
    }

    init(_ options: CompareOptions) {
        self.options = options
        results = options.workloads.map { Result(workload: $0) }
        progress = Progress(total: options.estimate)
    }

    mutating func run() {
        for round in 0..<options.rounds {
            measureFloors()
            for index in results.indices where round < results[index].workload.maximumRounds {
                let workload = results[index].workload
                progress.show("round \(round + 1) of \(options.rounds): \(workload.fullName)")
                runQuartet(index, oursFirst: round.isMultiple(of: 2))
                progress.advance(4 * workload.seconds)
            }
        }
        repeatDisturbed()
        progress.finish()
    }

    /// Gives workloads that have lost most of their pairs another chance, if time allows.
    private mutating func repeatDisturbed() {
        for round in 0..<2 {
            for index in results.indices where results[index].pairs.count < results[index].disturbed
            {
                guard progress.elapsed < 1.3 * options.estimate else { return }
                progress.show("once more: \(results[index].workload.fullName)")
                runQuartet(index, oursFirst: round.isMultiple(of: 2))
            }
        }
    }

    /// Ours, libzmq, libzmq, ours, or the other way round: a drift of the machine hits both alike.
    private mutating func runQuartet(_ index: Int, oursFirst: Bool) {
        guard results[index].failure == nil else { return }
        do {
            try runPair(index, oursFirst: oursFirst)
            try runPair(index, oursFirst: !oursFirst)
        } catch {
            results[index].failure = "\(error)"
        }
    }

    private mutating func runPair(_ index: Int, oursFirst: Bool) throws {
        let workload = results[index].workload
        let (ours, yardstick) = (workload.ours, workload.yardstick)
        let before = MachineLoad.now
        let first = try CellRun.sample(workload.cell, oursFirst ? ours : yardstick)
        let between = MachineLoad.now
        let second = try CellRun.sample(workload.cell, oursFirst ? yardstick : ours)
        if !options.keepsDisturbed, Disturbance.isTooMuch(before, between, MachineLoad.now) {
            results[index].disturbed += 1
        } else {
            results[index].pairs.append(oursFirst ? (first, second) : (second, first))
        }
    }

    /// A floor that cannot be measured only leaves its column empty.
    private mutating func measureFloors() {
        guard options.measuresFloors else { return }
        for floor in Floor.needed(by: options.workloads) {
            progress.show("floor: \(floor.title)")
            let before = MachineLoad.now
            var cell = floor.cell
            cell.isPinned = options.isPinned
            if let sample = try? CellRun.sample(cell, .floor),
                options.keepsDisturbed || !Disturbance.isTooMuch(before, MachineLoad.now)
            {
                floors[floor, default: []].append(sample)
            }
            progress.advance(0.4)
        }
    }

    /// The median of a floor over all rounds.
    func floor(_ floor: Floor) -> Double? {
        Spread((floors[floor] ?? []).compactMap { floor.value($0) })?.median
    }
}
