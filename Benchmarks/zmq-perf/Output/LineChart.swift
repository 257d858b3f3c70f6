/// Values of several series at the same places, joined by lines, on a logarithmic scale.
struct LineChart {
    let title: String
    /// What the places along the bottom are called.
    let places: [String]
    let series: [Series]
    let format: (Double) -> String

    struct Series {
        let name: String
        let colour: String
        /// One for each place; nil where nothing is known.
        let values: [Double?]
        var isDashed = false
    }

    var drawing: SVG {
        var svg = SVG(width: 640, height: 360)
        let (left, right, top, bottom) = (84.0, 604.0, 64.0, 320.0)
        let scale = LogScale(series.flatMap { $0.values.compactMap { $0 } }, from: bottom, to: top)
        svg.text(title, at: Point(x: 16, y: 24), size: 15)
        Legend.draw(series.map { ($0.name, $0.colour) }, in: &svg, y: 46)
        for mark in scale.marks {
            let y = scale.place(mark)
            svg.line(from: Point(x: left, y: y), to: Point(x: right, y: y), stroke: Palette.grid)
            svg.text(format(mark), at: Point(x: left - 8, y: y + 4), anchor: .end, size: 11)
        }
        let step = (right - left) / Double(max(places.count - 1, 1))
        for (index, place) in places.enumerated() {
            let x = left + Double(index) * step
            svg.text(place, at: Point(x: x, y: bottom + 20), anchor: .middle, size: 11)
        }
        for line in series {
            let points = line.values.enumerated().compactMap { index, value in
                value.map { Point(x: left + Double(index) * step, y: scale.place($0)) }
            }
            svg.path(through: points, stroke: line.colour, isDashed: line.isDashed)
            if !line.isDashed { for point in points { svg.dot(at: point, fill: line.colour) } }
        }
        return svg
    }
}

/// Names beside their colours.
enum Legend {
    static func draw(_ entries: [(name: String, colour: String)], in svg: inout SVG, y: Double) {
        var x = 16.0
        for (name, colour) in entries {
            svg.rectangle(x: x, y: y - 10, width: 12, height: 12, fill: colour)
            svg.text(name, at: Point(x: x + 18, y: y), size: 12)
            x += 40 + 7 * Double(name.count)
        }
    }
}
