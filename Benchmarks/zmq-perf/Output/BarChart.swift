/// Two values for each of several things, as bars that begin at zero.
struct BarChart {
    let title: String
    let bars: [Bar]
    let format: (Double) -> String

    struct Bar {
        let name: String
        let ours: Double
        let yardstick: Double
        /// What the machine can do; nil if that is not known.
        var floor: Double?
    }

    var drawing: SVG {
        let rowHeight = 44.0
        let top = 64.0
        var svg = SVG(width: 640, height: top + rowHeight * Double(bars.count) + 12)
        let (left, right) = (190.0, 560.0)
        svg.text(title, at: Point(x: 16, y: 24), size: 15)
        var entries = [("swift-zeromq", Palette.ours), ("libzmq", Palette.yardstick)]
        if bars.contains(where: { $0.floor != nil }) {
            entries.append(("without a library", Palette.floor))
        }
        Legend.draw(entries, in: &svg, y: 46)
        let largest = bars.map { max($0.ours, $0.yardstick) }.max() ?? 1
        let unit = largest > 0 ? (right - left) / largest : 0
        for (index, bar) in bars.enumerated() {
            let y = top + rowHeight * Double(index)
            svg.text(bar.name, at: Point(x: left - 10, y: y + 22), anchor: .end)
            for (offset, value, colour) in [
                (0.0, bar.ours, Palette.ours), (18.0, bar.yardstick, Palette.yardstick),
            ] {
                let width = value * unit
                svg.rectangle(x: left, y: y + offset, width: width, height: 15, fill: colour)
                let end = Point(x: left + width + 6, y: y + offset + 12)
                svg.text(format(value), at: end, size: 11)
            }
            guard let floor = bar.floor else { continue }
            let x = left + floor * unit
            svg.line(
                from: Point(x: x, y: y - 2),
                to: Point(x: x, y: y + 35),
                stroke: Palette.floor,
                width: 2
            )
        }
        return svg
    }
}
