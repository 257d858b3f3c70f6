/// Draws the charts of a comparison, as far as it has what they show.
struct Charts {
    private let standings: [Standing]
    private let folder: String
    private var drawn: [Drawn] = []

    /// A chart in a file.
    struct Drawn {
        let title: String
        var path: String
    }

    /// Draws what there is into files, and returns what was drawn.
    static func draw(_ standings: [Standing], in folder: String) throws -> [Drawn] {
        try TextFile.makeFolder(folder)
        let known = standings.filter { $0.ours != nil && $0.yardstick != nil }
        var charts = Charts(standings: known, folder: folder)
        for transport in Transport.allCases { try charts.throughput(transport) }
        try charts.cost()
        try charts.bars(.latency, "Round trip, 64 B: less is better", "latency")
        try charts.bars(.spaced, "One message each millisecond, 64 B: less is better", "spaced")
        try charts.bars(.publish, "PUB to SUBs, deliveries a second", "publish")
        try charts.window()
        try charts.match()
        try charts.bars(.curve, "PUSH to PULL over tcp with CURVE, messages a second", "curve")
        return charts.drawn
    }

    private init(standings: [Standing], folder: String) {
        self.standings = standings
        self.folder = folder
    }

    private func members(_ group: Workload.Group) -> [Standing] {
        standings.filter { $0.workload.group == group }
    }

    // MARK: Lines

    private mutating func throughput(_ transport: Transport) throws {
        let rows = members(.throughput).filter { $0.workload.cell.transport == transport }
        let chart = LineChart(
            title: "PUSH to PULL over \(transport), messages a second",
            places: rows.map { Figures.bytes($0.workload.cell.size) },
            series: both(rows, { $0.ours?.median }, { $0.yardstick?.median }) + [floor(rows)],
            format: { Figures.scaled($0) }
        )
        try write(chart, "throughput-\(transport)")
    }

    private mutating func cost() throws {
        let rows = members(.throughput).filter { $0.workload.cell.transport == .tcp }
        let chart = LineChart(
            title: "PUSH to PULL over tcp, nanoseconds of processor for each message, both ends",
            places: rows.map { Figures.bytes($0.workload.cell.size) },
            series: both(rows, { $0.cpu?.ours }, { $0.cpu?.yardstick }),
            format: { Figures.scaled($0) }
        )
        try write(chart, "cpu")
    }

    private mutating func window() throws {
        let rows = members(.window)
        let chart = LineChart(
            title: "DEALER to ROUTER and back, round trips a second by how many are under way",
            places: rows.map { "\($0.workload.cell.count)" },
            series: both(rows, { $0.ours?.median }, { $0.yardstick?.median }),
            format: { Figures.scaled($0) }
        )
        try write(chart, "window")
    }

    private mutating func match() throws {
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
    private mutating func write(_ chart: LineChart, _ name: String) throws {
        guard chart.places.count > 1 else { return }
        try write(chart.drawing, chart.title, name)
    }

    private mutating func write(_ drawing: SVG, _ title: String, _ name: String) throws {
        let path = "\(folder)/\(name).svg"
        try TextFile.write(drawing.document, to: path)
        drawn.append(Drawn(title: title, path: path))
    }

    // MARK: Bars

    private mutating func bars(_ group: Workload.Group, _ title: String, _ name: String) throws {
        // One axis can have one unit only.
        guard let unit = members(group).first?.row.unit else { return }
        let bars = members(group).filter { $0.row.unit == unit }.compactMap { row in
            guard let ours = row.ours?.median, let other = row.yardstick?.median else {
                return BarChart.Bar?.none
            }
            let floor = row.floorShare.map { unit == .median ? ours * $0 : ours / $0 }
            return BarChart.Bar(name: row.row.title, ours: ours, yardstick: other, floor: floor)
        }
        let chart = BarChart(title: title, bars: bars, format: { unit.text($0) })
        try write(chart.drawing, title, name)
    }
}
