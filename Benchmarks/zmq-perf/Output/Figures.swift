/// Numbers as people read them.
enum Figures {
    /// Digits after the point, always as many.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(scaled / scale).\(zeros)\(fraction)"
    }

    /// Three digits that matter, unless there are more before the point.
    static func short(_ value: Double) -> String {
        switch abs(value) {
        case 99.95...: fixed(value, 0)
        case 9.995...: fixed(value, 1)
        default: fixed(value, 2)
        }
    }

    /// With a letter for thousands and more.
    static func scaled(_ value: Double) -> String {
        switch abs(value) {
        case 999_500_000...: "\(short(value / 1e9)) G"
        case 999_500...: "\(short(value / 1e6)) M"
        case 9995...: "\(short(value / 1e3)) k"
        default: "\(short(value)) "
        }
    }

    /// A size in the unit that makes it short.
    static func bytes(_ count: Int) -> String {
        switch count {
        case (1 << 20)...: "\(count >> 20) MiB"
        case (1 << 10)...: "\(count >> 10) KiB"
        default: "\(count) B"
        }
    }

    /// A round number of things.
    static func number(_ count: Int) -> String {
        switch count {
        case 1_000_000...: "\(count / 1_000_000) M"
        case 1000...: "\(count / 1000) k"
        default: "\(count)"
        }
    }

    /// A number as short as it can be written.
    static func plain(_ value: Double) -> String {
        value == value.rounded()
            ? fixed(value, 0) : fixed(value, value * 10 == (value * 10).rounded() ? 1 : 2)
    }

    /// A part of a whole.
    static func percent(_ share: Double) -> String { "\(fixed(share * 100, 0)) %" }
}

extension Row.Unit {
    /// A value as people read it.
    func text(_ value: Double) -> String {
        switch self {
        case .rate: Figures.scaled(value) + "/s"
        case .median: Figures.short(value / 1000) + " µs"
        case .memory: Figures.fixed(value, 0) + " B"
        case .index: Figures.fixed(value, 3)
        }
    }
}
