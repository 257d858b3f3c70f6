internal import Glibc

/// Maps values to places, each ten times as far as the one before at the same distance.
struct LogScale {
    let lower: Double
    let upper: Double
    private let start: Double
    private let end: Double

    /// A scale over all values, rounded outwards to powers of ten.
    init(_ values: [Double], from start: Double, to end: Double) {
        let positive = values.filter { $0 > 0 }
        lower = LogScale.rounded(positive.min() ?? 1, floor)
        let top = LogScale.rounded(positive.max() ?? 10, ceil)
        upper = top > lower ? top : lower * 10
        (self.start, self.end) = (start, end)
    }

    func place(_ value: Double) -> Double {
        let share = log10(max(value, lower) / lower) / log10(upper / lower)
        return start + (end - start) * share
    }

    /// The powers of ten within the scale.
    var marks: [Double] {
        var marks: [Double] = []
        var value = lower
        while value <= upper * 1.001 {
            marks.append(value)
            value *= 10
        }
        return marks
    }

    private static func rounded(_ value: Double, _ rounding: (Double) -> Double) -> Double {
        pow(10, rounding(log10(value)))
    }
}
