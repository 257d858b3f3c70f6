/// The results as text in columns.
enum Table {
    static func text(_ standings: [Standing], _ contest: Contest) -> String {
        var lines: [String] = []
        for group in Workload.Group.allCases {
            let members = standings.filter { $0.workload.group == group }
            guard !members.isEmpty else { continue }
            lines.append(group.title)
            lines += columns([heading] + members.map(cells))
            lines += members.compactMap(failure)
            lines.append("")
        }
        lines += percentiles(contest)
        lines += floors(contest)
        lines.append(legend)
        return lines.joined(separator: "\n")
    }

    private static let heading = [
        "", "ours", "libzmq", "ratio", "half of them", "must", "CPU ns", "libzmq", "switches",
        "libzmq", "of floor", "pairs", "thrown away",
    ]

    private static let legend = """
        Ratio: ours divided by libzmq, the median of pairs measured right after one another, and
        where half of them lie. CPU and voluntary context switches: both ends together, for each
        message, delivery or round trip. Of floor: how close ours comes to what the machine does
        without a library. Thrown away: pairs during which something else used the machine.
        """

    private static func cells(_ standing: Standing) -> [String] {
        let unit = standing.row.unit
        let ratio = standing.ratio
        let (cpu, switches) = (standing.cpu, standing.switches)
        return [
            "  " + standing.row.title,
            text(standing.ours?.median, unit.text),
            text(standing.yardstick?.median, unit.text),
            text(ratio?.median, Figures.short),
            ratio.map { "\(Figures.short($0.lower))…\(Figures.short($0.upper))" } ?? "–",
            verdict(standing),
            text(cpu?.ours, Figures.short),
            text(cpu?.yardstick, Figures.short),
            text(switches?.ours, { Figures.fixed($0, 3) }),
            text(switches?.yardstick, { Figures.fixed($0, 3) }),
            text(standing.floorShare, Figures.percent),
            "\(standing.pairs)",
            "\(standing.disturbed)",
        ]
    }

    private static func text(_ value: Double?, _ format: (Double) -> String) -> String {
        value.map(format) ?? "–"
    }

    private static func verdict(_ standing: Standing) -> String {
        guard let goal = standing.row.goal else { return "" }
        let sign = standing.isGoalMet.map { $0 ? " yes" : " NO" } ?? ""
        return switch goal {
        case .atLeast(let must, _): "≥ \(Figures.short(must))\(sign)"
        case .atMost(let must, _): "≤ \(Figures.short(must))\(sign)"
        }
    }

    private static func failure(_ standing: Standing) -> String? {
        standing.failure.map { "  \(standing.workload.name) failed: \($0)" }
    }

    /// Times of single messages, which a median does not tell enough about.
    private static func percentiles(_ contest: Contest) -> [String] {
        let rows = contest.results.flatMap { result in
            [(true, "ours"), (false, result.workload.yardstick == .libzmq ? "libzmq" : "other")]
                .compactMap { isOurs, name -> [String]? in
                    let samples = result.pairs.map { isOurs ? $0.ours : $0.yardstick }
                    let times = [Quantity.p50, .p90, .p99, .p999].map { quantity in
                        Spread(samples.compactMap { $0[quantity] })?.median
                    }
                    guard times[0] != nil else { return nil }
                    let texts = times.map { text($0) { Figures.short($0 / 1000) } }
                    return ["  \(result.workload.fullName)", name] + texts
                }
        }
        guard !rows.isEmpty else { return [] }
        return ["Percentiles, µs"] + columns([["", "", "50", "90", "99", "99.9"]] + rows) + [""]
    }

    private static func floors(_ contest: Contest) -> [String] {
        let rows = Floor.allCases.compactMap { floor -> [String]? in
            guard let value = contest.floor(floor) else { return nil }
            return ["  \(floor.title)", floor.text(value)]
        }
        return rows.isEmpty ? [] : ["The floors"] + columns(rows) + [""]
    }

    /// Pads cells so that columns align: words to the left, figures to the right.
    private static func columns(_ rows: [[String]]) -> [String] {
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
