/// A drawing, as text that browsers show.
struct SVG {
    private var elements: [String] = []
    let width: Double
    let height: Double

    init(width: Double, height: Double) {
        (self.width, self.height) = (width, height)
    }

    /// Where a text is tied to its position.
    enum Anchor: String {
        case start, middle, end
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String) {
        elements.append(
            """
            <rect x="\(n(x))" y="\(n(y))" width="\(n(width))" height="\(n(height))" \
            fill="\(fill)"/>
            """
        )
    }

    mutating func line(from: Point, to: Point, stroke: String, width: Double = 1) {
        elements.append(
            """
            <line x1="\(n(from.x))" y1="\(n(from.y))" x2="\(n(to.x))" y2="\(n(to.y))" \
            stroke="\(stroke)" stroke-width="\(n(width))"/>
            """
        )
    }

    mutating func path(through points: [Point], stroke: String, isDashed: Bool = false) {
        let places = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
        let dashes = isDashed ? " stroke-dasharray=\"4 4\"" : ""
        elements.append(
            """
            <polyline points="\(places)" fill="none" stroke="\(stroke)" stroke-width="2"\(dashes)/>
            """
        )
    }

    mutating func dot(at point: Point, fill: String) {
        elements.append(
            "<circle cx=\"\(n(point.x))\" cy=\"\(n(point.y))\" r=\"3\" fill=\"\(fill)\"/>"
        )
    }

    mutating func text(
        _ text: String,
        at point: Point,
        anchor: Anchor = .start,
        size: Double = 12,
        fill: String = Palette.text
    ) {
        elements.append(
            """
            <text x="\(n(point.x))" y="\(n(point.y))" font-size="\(n(size))" \
            text-anchor="\(anchor.rawValue)" fill="\(fill)">\(SVG.escaped(text))</text>
            """
        )
    }

    /// The whole file. White behind everything, because the page around it may be dark.
    var document: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(height))" \
        viewBox="0 0 \(n(width)) \(n(height))" font-family="sans-serif">
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(elements.joined(separator: "\n"))
        </svg>

        """
    }

    private func n(_ value: Double) -> String { Figures.fixed(value, 1) }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }
}

/// A place in a drawing; y grows downwards.
struct Point {
    var x: Double
    var y: Double
}

/// Colours that are told apart in print and by the colour-blind.
enum Palette {
    static let text = "#24292f"
    static let grid = "#d8dee4"
    static let ours = "#d9480f"
    static let yardstick = "#1c5f99"
    static let floor = "#6e7781"
}
