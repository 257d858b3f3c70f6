/// Runs all workloads with both libraries, round after round, and keeps what is undisturbed.
struct Contest {
    private let options: CompareOptions
    private var progress: Progress
    private(set) var results: [Result]
    private(set) var floors: [Floor: [Sample]] = [:]
    private(set) var wasInterrupted = false
    private var roundsDone = 0
    private var seconds = 0.0

    /// A workload that has failed more often is left out of the other rounds.
    private static let mostFailures = 2

    /// What is known about one workload.
    struct Result: Sendable {
        let workload: Workload
        /// Samples taken right after one another.
        var pairs: [(ours: Sample, yardstick: Sample)] = []
        /// Pairs that were thrown away because something else kept the machine busy.
        var disturbed = 0
        /// Why the workload could not be run, or not always.
        var failure: String?
        fileprivate var failures = 0
    }

    init(_ options: CompareOptions) {
        self.options = options
        results = options.workloads.map { Result(workload: $0) }
        progress = Progress(total: options.estimate)
    }

    /// Runs everything, and shows what there is after each round: much may happen in the next.
    mutating func run(_ show: (Contest) -> Void) {
        for round in 0..<options.rounds {
            measureFloors()
            for index in results.indices where round < results[index].workload.maximumRounds {
                guard !Interruption.isRequested else { return stop() }
                let workload = results[index].workload
                progress.show("round \(round + 1) of \(options.rounds): \(workload.fullName)")
                runQuartet(index, oursFirst: round.isMultiple(of: 2))
                progress.advance(4 * workload.seconds)
            }
            roundsDone += 1
            show(self)
        }
        repeatDisturbed()
        stop()
    }

    private mutating func stop() {
        wasInterrupted = Interruption.isRequested
        seconds = progress.elapsed
        progress.finish()
    }

    /// What was done, as a line of a table.
    var summary: [String] {
        ["Rounds", "\(roundsDone) of \(options.rounds), \(Progress.text(seconds: seconds))"]
    }

    /// Gives workloads that have lost most of their pairs another chance, if time allows.
    private mutating func repeatDisturbed() {
        for round in 0..<2 {
            for index in results.indices where results[index].pairs.count < results[index].disturbed
            {
                guard progress.elapsed < 1.2 * options.estimate, !Interruption.isRequested else {
                    return
                }
                progress.show("once more: \(results[index].workload.fullName)")
                runQuartet(index, oursFirst: round.isMultiple(of: 2))
            }
        }
    }

    /// Ours, libzmq, libzmq, ours, or the other way round: a drift of the machine hits both alike.
    private mutating func runQuartet(_ index: Int, oursFirst: Bool) {
        guard results[index].failures < Self.mostFailures else { return }
        do {
            try runPair(index, oursFirst: oursFirst)
            try runPair(index, oursFirst: !oursFirst)
        } catch {
            // What ends because of an interruption has not failed.
            guard !Interruption.isRequested else { return }
            results[index].failure = "\(error)"
            results[index].failures += 1
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
