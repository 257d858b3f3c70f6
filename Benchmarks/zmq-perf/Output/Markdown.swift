/// The results as a page that a repository shows.
enum Markdown {
    static func text(
        _ machine: MachineDescription,
        _ contest: Contest,
        _ standings: [Standing],
        charts: [Charts.Drawn]
    ) -> String {
        var lines = ["# Results of `zmq-perf compare`", ""]
        lines += table(TableSection(heading: ["", ""], rows: machine.lines + [contest.summary]))
        if contest.wasInterrupted { lines += ["The run was interrupted.", ""] }
        for section in Table.sections(standings, contest) {
            lines += ["## \(section.title)", ""] + table(section)
            for note in section.notes { lines += [note, ""] }
        }
        lines += ["## What it must reach", ""] + Table.verdict(standings).flatMap { [$0, ""] }
        if !charts.isEmpty { lines += ["## Charts", ""] }
        for chart in charts { lines += ["![\(chart.title)](\(chart.path))", ""] }
        return (lines + [Table.legend]).joined(separator: "\n") + "\n"
    }

    /// The first column is words, the others are figures.
    private static func table(_ section: TableSection) -> [String] {
        let count = section.heading.count
        let rule = (0..<count).map { $0 == 0 ? "---" : "--:" }
        let rows = section.rows.map { $0 + Array(repeating: "", count: count - $0.count) }
        return ([section.heading, rule] + rows).map { cells in
            "| " + cells.map(escaped).joined(separator: " | ") + " |"
        } + [""]
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    /// A path as it reads from the folder of a page.
    static func path(_ path: String, from page: String) -> String {
        guard let slash = page.lastIndex(of: "/") else { return path }
        let folder = page[...slash]
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    }
}
