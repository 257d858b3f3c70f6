/// What the library must reach on one axis, and what it aims at.
struct Target: Sendable {
    /// What it is about, in the words of the table of results.
    let axis: String
    let must: [Bound]
    var aim: [Bound] = []
    /// Which rows it is for.
    let applies: @Sendable (Workload, Row) -> Bool

    /// The target of a row; nil if nothing is demanded of it.
    static func of(_ workload: Workload, _ row: Row) -> Target? {
        all.first { $0.applies(workload, row) }
    }
}

/// A figure of a row and where it has to lie.
enum Bound: Sendable {
    /// Ours divided by libzmq.
    case ratioAtLeast(Double)
    case ratioAtMost(Double)
    /// Nanoseconds of processor for each message, both ends of ours together.
    case processorAtMost(Double)
    /// Bytes of ours.
    case memoryAtMost(Double)
    /// Part of what the machine does without a library.
    case floorShareAtLeast(Double)
    /// Times what the machine takes without a library.
    case floorsAtMost(Double)

    var text: String {
        switch self {
        case .ratioAtLeast(let limit): "≥ \(Figures.plain(limit)) ×"
        case .ratioAtMost(let limit): "≤ \(Figures.plain(limit)) ×"
        case .processorAtMost(let limit): "≤ \(Figures.plain(limit)) CPU ns"
        case .memoryAtMost(let limit): "≤ \(Figures.plain(limit)) B"
        case .floorShareAtLeast(let limit): "≥ \(Figures.percent(limit)) of floor"
        case .floorsAtMost(let limit): "≤ \(Figures.plain(limit)) floors"
        }
    }

    /// The figure of a row, in the same form.
    func actual(_ standing: Standing) -> String {
        let text =
            switch self {
            case .ratioAtLeast, .ratioAtMost:
                standing.ratio.map { "\(Figures.short($0.median)) ×" }
            case .processorAtMost: standing.cpu.map { "\(Figures.short($0.ours)) CPU ns" }
            case .memoryAtMost: standing.ours.map { "\(Figures.short($0.median)) B" }
            case .floorShareAtLeast, .floorsAtMost:
                standing.floorShare.map { "\(Figures.percent($0)) of floor" }
            }
        return text ?? "unknown"
    }

    /// Whether it holds, for figures as they are printed; nil where the figure is not known.
    func isMet(by standing: Standing) -> Bool? {
        let ratio = standing.ratio.map { ($0.median * 100).rounded() / 100 }
        return switch self {
        case .ratioAtLeast(let limit): ratio.map { $0 >= limit }
        case .ratioAtMost(let limit): ratio.map { $0 <= limit }
        case .processorAtMost(let limit): standing.cpu.map { $0.ours <= limit }
        case .memoryAtMost(let limit): standing.ours.map { $0.median <= limit }
        case .floorShareAtLeast(let limit): standing.floorShare.map { $0 >= limit }
        case .floorsAtMost(let limit): standing.floorShare.map { 1 / $0 <= limit }
        }
    }
}

extension [Bound] {
    var text: String { map(\.text).joined(separator: ", ") }

    /// Whether all of them hold; nil if none fails and not all are known.
    func areMet(by standing: Standing) -> Bool? {
        let verdicts = map { $0.isMet(by: standing) }
        if verdicts.contains(false) { return false }
        return verdicts.contains(nil) ? nil : true
    }
}
