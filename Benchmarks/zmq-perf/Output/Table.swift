/// A table under a title.
struct TableSection {
    var title = ""
    var heading: [String]
    var rows: [[String]]
    /// What is to be said below it.
    var notes: [String] = []
}

/// The results as tables, and as text in columns.
enum Table {
    static func text(_ standings: [Standing], _ contest: Contest) -> String {
        var lines: [String] = []
        for section in sections(standings, contest) {
            lines.append(section.title)
            let rows = [section.heading] + section.rows
            lines += columns(rows.map { ["  " + ($0.first ?? "")] + $0.dropFirst() })
            lines += section.notes.map { "  \($0)" }
            lines.append("")
        }
        if contest.wasInterrupted { lines += ["The run was interrupted.", ""] }
        lines += verdict(standings) + ["", legend]
        return lines.joined(separator: "\n")
    }

    static func sections(_ standings: [Standing], _ contest: Contest) -> [TableSection] {
        let groups = Workload.Group.allCases.compactMap { group -> TableSection? in
            let members = standings.filter { $0.workload.group == group }
            guard !members.isEmpty else { return nil }
            var notes: [String] = []
            for note in members.compactMap(failure) where !notes.contains(note) {
                notes.append(note)
            }
            return TableSection(
                title: group.title,
                heading: heading,
                rows: members.map(cells),
                notes: notes
            )
        }
        return (groups + [percentiles(contest), floors(contest)]).filter { !$0.rows.isEmpty }
    }

    /// How many rows reach what they must, and which do not.
    static func verdict(_ standings: [Standing]) -> [String] {
        let demanding = standings.filter { $0.target != nil }
        guard !demanding.isEmpty else { return [] }
        let met = demanding.filter { $0.isMustMet == true }.count
        let missed = demanding.filter { $0.isMustMet == false }.compactMap { standing in
            standing.target.map { target in
                "\(target.axis): \(standing.row.title) must be \(target.must.text), and is "
                    + target.must.map { $0.actual(standing) }.joined(separator: ", ")
            }
        }
        let first = "\(met) of \(demanding.count) rows reach what they must."
        return missed.isEmpty ? [first] : [first, "Missed:"] + missed.map { "- \($0)" }
    }

    private static let heading = [
        "", "ours", "libzmq", "ratio", "half of them", "CPU ns", "libzmq", "switches", "libzmq",
        "of floor", "pairs", "slow", "thrown away", "must", "aim",
    ]

    static let legend = """
        Ratio: ours divided by libzmq, the median of pairs measured right after one another, and
        where half of them lie. CPU and voluntary context switches: both ends together, for each
        message, delivery or round trip. Of floor: how close ours comes to what the machine does
        without a library. Slow: how many of our runs reached less than half of what the best of
        them did. Thrown away: pairs during which something else used the machine.
        """

    private static func cells(_ standing: Standing) -> [String] {
        let unit = standing.row.unit
        let ratio = standing.ratio
        let (cpu, switches) = (standing.cpu, standing.switches)
        return [
            standing.row.title,
            text(standing.ours?.median, unit.text),
            text(standing.yardstick?.median, unit.text),
            text(ratio?.median, Figures.short),
            ratio.map { "\(Figures.short($0.lower))…\(Figures.short($0.upper))" } ?? "–",
            text(cpu?.ours, Figures.short),
            text(cpu?.yardstick, Figures.short),
            text(switches?.ours, { Figures.fixed($0, 3) }),
            text(switches?.yardstick, { Figures.fixed($0, 3) }),
            text(standing.floorShare, Figures.percent),
            "\(standing.pairs)",
            "\(standing.slow)",
            "\(standing.disturbed)",
            verdict(standing.target?.must, standing.isMustMet),
            verdict(standing.target?.aim, standing.isAimMet),
        ]
    }

    private static func text(_ value: Double?, _ format: (Double) -> String) -> String {
        value.map(format) ?? "–"
    }

    private static func verdict(_ bounds: [Bound]?, _ isMet: Bool?) -> String {
        guard let bounds, !bounds.isEmpty else { return "" }
        return bounds.text + (isMet.map { $0 ? ": yes" : ": NO" } ?? ": ?")
    }

    private static func failure(_ standing: Standing) -> String? {
        standing.failure.map { "\(standing.workload.name) failed: \($0)" }
    }

    /// Times of single messages, which a median does not tell enough about.
    private static func percentiles(_ contest: Contest) -> TableSection {
        let rows = contest.results.flatMap { result in
            [(true, "ours"), (false, result.workload.yardstick == .libzmq ? "libzmq" : "other")]
                .compactMap { isOurs, name -> [String]? in
                    let samples = result.pairs.map { isOurs ? $0.ours : $0.yardstick }
                    let times = [Quantity.p50, .p90, .p99, .p999].map { quantity in
                        Spread(samples.compactMap { $0[quantity] })?.median
                    }
                    guard times[0] != nil else { return nil }
                    let texts = times.map { text($0) { Figures.short($0 / 1000) } }
                    return [result.workload.fullName, name] + texts
                }
        }
        return TableSection(
            title: "Percentiles, µs",
            heading: ["", "", "50", "90", "99", "99.9"],
            rows: rows
        )
    }

    private static func floors(_ contest: Contest) -> TableSection {
        let rows = Floor.allCases.compactMap { floor -> [String]? in
            guard let value = contest.floor(floor) else { return nil }
            return [floor.title, floor.text(value)]
        }
        return TableSection(title: "The floors", heading: ["", "without a library"], rows: rows)
    }

    /// Pads cells so that columns align: words to the left, figures to the right.
    static func columns(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let padded = zip(row, widths).enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + blanks : blanks + cell.0
            }
            return padded.joined(separator: "  ")
        }
    }
}
