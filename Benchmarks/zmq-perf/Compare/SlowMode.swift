extension Row.Unit {
    /// How many of some runs did less than half as well as the best of them.
    func slow(_ values: [Double]) -> Int {
        switch self {
        case .rate:
            guard let best = values.max() else { return 0 }
            return values.count { $0 < best / 2 }
        case .median:
            guard let best = values.min() else { return 0 }
            return values.count { $0 > best * 2 }
        case .memory, .index:
            return 0
        }
    }
}
