/// Draws the charts of a comparison, as far as it has what they show.
struct Charts {
    private let standings: [Standing]

    static func draw(_ standings: [Standing], in folder: String) throws {
        try TextFile.makeFolder(folder)
        let charts = Charts(standings: standings.filter { $0.ours != nil && $0.yardstick != nil })
        for transport in Transport.allCases {
            try charts.throughput(transport, in: folder)
        }
        try charts.cost(in: folder)
        try charts.bars(.latency, "Round trip, 64 B: less is better", "latency", in: folder)
        try charts.bars(.publish, "PUB to SUBs, deliveries a second", "publish", in: folder)
        try charts.window(in: folder)
        try charts.match(in: folder)
    }

    private func members(_ group: Workload.Group) -> [Standing] {
        standings.filter { $0.workload.group == group }
    }

    // MARK: Lines

    private func throughput(_ transport: Transport, in folder: String) throws {
        let rows = members(.throughput).filter { $0.workload.cell.transport == transport }
        try lines(
            rows,
            "PUSH to PULL over \(transport), messages a second",
            "throughput-\(transport)",
            in: folder
        ) { Figures.octets($0.cell.size) }
    }

    private func window(in folder: String) throws {
        let title = "DEALER to ROUTER and back, round trips a second by how many are under way"
        try lines(members(.window), title, "window", in: folder) { "\($0.cell.count)" }
    }

    private func match(in folder: String) throws {
        let rows = members(.match).filter { $0.row.phase == .misses }
        let title = "Messages a second that a PUB matches against so many subscriptions"
        try lines(rows, title, "match", in: folder) { Figures.number($0.cell.count) }
    }

    private func lines(
        _ rows: [Standing],
        _ title: String,
        _ name: String,
        in folder: String,
        place: (Workload) -> String
    ) throws {
        guard rows.count > 1 else { return }
        let chart = LineChart(
            title: title,
            places: rows.map { place($0.workload) },
            series: [
                .init(name: "swift-zeromq", colour: Palette.ours, values: rows.map(\.ours?.median)),
                .init(
                    name: "libzmq",
                    colour: Palette.yardstick,
                    values: rows.map(\.yardstick?.median)
                ),
            ],
            format: { Figures.scaled($0) }
        )
        try TextFile.write(chart.drawing.document, to: "\(folder)/\(name).svg")
    }

    private func cost(in folder: String) throws {
        let rows = members(.throughput).filter { $0.workload.cell.transport == .tcp }
        guard rows.count > 1 else { return }
        let chart = LineChart(
            title: "PUSH to PULL over tcp, nanoseconds of processor for each message, both ends",
            places: rows.map { Figures.octets($0.workload.cell.size) },
            series: [
                .init(name: "swift-zeromq", colour: Palette.ours, values: rows.map(\.cpu?.ours)),
                .init(
                    name: "libzmq",
                    colour: Palette.yardstick,
                    values: rows.map(\.cpu?.yardstick)
                ),
            ],
            format: { Figures.scaled($0) }
        )
        try TextFile.write(chart.drawing.document, to: "\(folder)/cpu.svg")
    }

    // MARK: Bars

    private func bars(
        _ group: Workload.Group,
        _ title: String,
        _ name: String,
        in folder: String
    ) throws {
        let bars = members(group).compactMap { row -> BarChart.Bar? in
            guard let ours = row.ours?.median, let other = row.yardstick?.median else { return nil }
            let floor = group == .latency ? row.floorShare.map { ours * $0 } : nil
            return BarChart.Bar(
                name: row.row.title,
                ours: ours,
                yardstick: other,
                floor: floor
            )
        }
        guard let unit = members(group).first?.row.unit else { return }
        let chart = BarChart(title: title, bars: bars, format: { unit.text($0) })
        try TextFile.write(chart.drawing.document, to: "\(folder)/\(name).svg")
    }
}
