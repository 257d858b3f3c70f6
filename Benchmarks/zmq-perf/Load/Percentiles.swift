/// Times of single events, kept whole so that no percentile is a guess.
struct Percentiles {
    private var nanoseconds: [Int] = []

    init() { nanoseconds.reserveCapacity(1 << 18) }

    mutating func add(_ time: Int) { nanoseconds.append(time) }

    /// Reports the usual ones.
    func report(to conductor: Conductor) {
        let sorted = nanoseconds.sorted()
        guard let last = sorted.last else { return }
        func percentile(_ share: Double) -> Double {
            let index = Int(Double(sorted.count) * share)
            return Double(index < sorted.count ? sorted[index] : last)
        }
        conductor.report(.p50, percentile(0.5))
        conductor.report(.p90, percentile(0.9))
        conductor.report(.p99, percentile(0.99))
        conductor.report(.p999, percentile(0.999))
    }
}
