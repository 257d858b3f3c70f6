internal import Glibc

/// The sub-command `compare`.
enum Comparison {
    /// Runs what the options ask for; whether every workload could be run.
    static func run(_ options: CompareOptions) throws -> Bool {
        if options.isList {
            for workload in options.workloads { print(workload.fullName) }
            return true
        }
        // A child that has died must not take this process with it.
        signal(SIGPIPE, SIG_IGN)
        let machine = try MachineDescription()
        print(machine.text)
        if options.isPinned { print("Each end stays on a processor of its own.") }
        print("This takes about \(Progress.text(seconds: options.estimate)).\n")
        fflush(nil)
        var contest = Contest(options)
        contest.run()
        let standings = contest.results.flatMap { result in
            result.workload.rows.map { Standing(result, $0, floor: contest.floor) }
        }
        print(Table.text(standings, contest))
        if let path = options.jsonPath {
            try TextFile.write(Export.json(machine, contest, standings).text, to: path)
        }
        if let folder = options.svgFolder { try Charts.draw(standings, in: folder) }
        return contest.results.allSatisfy { $0.failure == nil }
    }
}
