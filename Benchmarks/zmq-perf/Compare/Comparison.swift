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
        Interruption.watch()
        let machine = try MachineDescription()
        print(machine.text)
        if options.isPinned { print("Each end stays on a processor of its own.") }
        print("This takes about \(Progress.text(seconds: options.estimate)).\n")
        fflush(nil)
        var contest = Contest(options)
        // A file that cannot be written is better known now than in the end.
        try write(contest, machine, options)
        contest.run { contest in
            try? write(contest, machine, options)
        }
        let standings = contest.standings
        print(Table.text(standings, contest))
        try write(contest, machine, options)
        return contest.results.allSatisfy { $0.failure == nil } && !contest.wasInterrupted
    }

    /// Writes the files that the options ask for.
    private static func write(
        _ contest: Contest,
        _ machine: MachineDescription,
        _ options: CompareOptions
    ) throws {
        let standings = contest.standings
        if let path = options.jsonPath {
            try TextFile.write(Export.json(machine, contest, standings).text, to: path)
        }
        var charts: [Charts.Drawn] = []
        if let folder = options.svgFolder { charts = try Charts.draw(standings, in: folder) }
        guard let page = options.markdownPath else { return }
        for index in charts.indices {
            charts[index].path = Markdown.path(charts[index].path, from: page)
        }
        let text = Markdown.text(machine, contest, standings, charts: charts)
        try TextFile.write(text, to: page)
    }
}

extension Contest {
    /// What is known now, row by row.
    var standings: [Standing] {
        results.flatMap { result in
            result.workload.rows.map { Standing(result, $0, floor: floor) }
        }
    }
}
