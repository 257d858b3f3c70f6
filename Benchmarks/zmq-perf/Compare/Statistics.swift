/// The middle of some numbers, and where half of them lie.
struct Spread: Sendable {
    let median: Double
    let lower: Double
    let upper: Double

    /// Nil if there are no numbers.
    init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        median = Spread.quantile(sorted, 0.5)
        lower = Spread.quantile(sorted, 0.25)
        upper = Spread.quantile(sorted, 0.75)
    }

    /// Between two numbers the line that joins them is followed.
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let position = share * Double(sorted.count - 1)
        let index = Int(position)
        guard index + 1 < sorted.count else { return sorted[index] }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (position - Double(index))
    }
}
