/// Draws the charts of a comparison, as far as it has what they show.
struct Charts {
    private let standings: [Standing]
    private let folder: String

    static func draw(_ standings: [Standing], in folder: String) throws {
        try TextFile.makeFolder(folder)
        let known = standings.filter { $0.ours != nil && $0.yardstick != nil }
        let charts = Charts(standings: known, folder: folder)
        for transport in Transport.allCases { try charts.throughput(transport) }
        try charts.cost()
        try charts.bars(.latency, "Round trip, 64 B: less is better", "latency")
        try charts.bars(.publish, "PUB to SUBs, deliveries a second", "publish")
        try charts.window()
        try charts.match()
    }

    private func members(_ group: Workload.Group) -> [Standing] {
        standings.filter { $0.workload.group == group }
    }

    // MARK: Lines

    private func throughput(_ transport: Transport) throws {
        let rows = members(.throughput).filter { $0.workload.cell.transport == transport }
        let chart = LineChart(
            title: "PUSH to PULL over \(transport), messages a second",
            places: rows.map { Figures.octets($0.workload.cell.size) },
            series: both(rows, { $0.ours?.median }, { $0.yardstick?.median }) + [floor(rows)],
            format: { Figures.scaled($0) }
        )
        try write(chart, "throughput-\(transport)")
    }

    private func cost() throws {
        let rows = members(.throughput).filter { $0.workload.cell.transport == .tcp }
        let chart = LineChart(
            title: "PUSH to PULL over tcp, nanoseconds of processor for each message, both ends",
            places: rows.map { Figures.octets($0.workload.cell.size) },
            series: both(rows, { $0.cpu?.ours }, { $0.cpu?.yardstick }),
            format: { Figures.scaled($0) }
        )
        try write(chart, "cpu")
    }

    private func window() throws {
        let rows = members(.window)
        let chart = LineChart(
            title: "DEALER to ROUTER and back, round trips a second by how many are under way",
            places: rows.map { "\($0.workload.cell.count)" },
            series: both(rows, { $0.ours?.median }, { $0.yardstick?.median }),
            format: { Figures.scaled($0) }
        )
        try write(chart, "window")
    }

    private func match() throws {
        let rows = members(.match).filter { $0.row.phase == .misses }
        let chart = LineChart(
            title: "Messages a second that a PUB matches against so many subscriptions",
            places: rows.map { Figures.number($0.workload.cell.count) },
            series: both(rows, { $0.ours?.median }, { $0.yardstick?.median }),
            format: { Figures.scaled($0) }
        )
        try write(chart, "match")
    }

    private func both(
        _ rows: [Standing],
        _ ours: (Standing) -> Double?,
        _ yardstick: (Standing) -> Double?
    ) -> [LineChart.Series] {
        [
            .init(name: "swift-zeromq", colour: Palette.ours, values: rows.map(ours)),
            .init(name: "libzmq", colour: Palette.yardstick, values: rows.map(yardstick)),
        ]
    }

    /// What the machine does without a library: ours, divided by its share of that.
    private func floor(_ rows: [Standing]) -> LineChart.Series {
        let values = rows.map { row -> Double? in
            guard let ours = row.ours?.median, let share = row.floorShare else { return nil }
            return ours / share
        }
        return .init(
            name: "without a library",
            colour: Palette.floor,
            values: values,
            isDashed: true
        )
    }

    /// One point makes no line.
    private func write(_ chart: LineChart, _ name: String) throws {
        guard chart.places.count > 1 else { return }
        try TextFile.write(chart.drawing.document, to: "\(folder)/\(name).svg")
    }

    // MARK: Bars

    private func bars(_ group: Workload.Group, _ title: String, _ name: String) throws {
        let bars = members(group).compactMap { row -> BarChart.Bar? in
            guard let ours = row.ours?.median, let other = row.yardstick?.median else { return nil }
            let floor = row.floorShare.map { group == .latency ? ours * $0 : ours / $0 }
            return BarChart.Bar(name: row.row.title, ours: ours, yardstick: other, floor: floor)
        }
        guard let unit = members(group).first?.row.unit else { return }
        let chart = BarChart(title: title, bars: bars, format: { unit.text($0) })
        try TextFile.write(chart.drawing.document, to: "\(folder)/\(name).svg")
    }
}
