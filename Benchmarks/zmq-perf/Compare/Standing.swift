/// What a row of the table says, computed from all pairs.
struct Standing {
    let workload: Workload
    let row: Row
    let ours: Spread?
    let yardstick: Spread?
    /// Ours divided by the other, pair by pair.
    let ratio: Spread?
    /// Processor time of both ends for each message, in nanoseconds.
    let cpu: (ours: Double, yardstick: Double)?
    /// Voluntary context switches of both ends for each message.
    let switches: (ours: Double, yardstick: Double)?
    /// How close ours comes to what the machine can do.
    let floorShare: Double?
    let pairs: Int
    /// How many of our runs were in a slow mode, which a median may hide.
    let slow: Int
    let disturbed: Int
    let failure: String?
    /// What is demanded of it.
    let target: Target?

    init(_ result: Contest.Result, _ row: Row, floor: (Floor) -> Double?) {
        workload = result.workload
        self.row = row
        let values = result.pairs.compactMap { pair -> (Double, Double)? in
            guard let ours = row.value(pair.ours), let other = row.value(pair.yardstick) else {
                return nil
            }
            return (ours, other)
        }
        ours = Spread(values.map(\.0))
        yardstick = Spread(values.map(\.1))
        ratio = Spread(values.filter { $0.1 > 0 }.map { $0.0 / $0.1 })
        cpu = Standing.cost(.cpu, result, row)
        switches = Standing.cost(.switches, result, row)
        let floors = row.floor.floors(result.workload.cell).compactMap(floor)
        floorShare = ours.flatMap {
            row.floor.share(of: $0.median, result.workload.cell, floors: floors)
        }
        pairs = values.count
        slow = row.unit.slow(values.map(\.0))
        disturbed = result.disturbed
        failure = result.failure
        target = Target.of(result.workload, row)
    }

    /// Whether it reaches what it must; nil if nothing is demanded or known.
    var isMustMet: Bool? { target?.must.areMet(by: self) }
    var isAimMet: Bool? { target?.aim.areMet(by: self) }

    /// The medians of a cost for each message, for rows that are about messages.
    private static func cost(
        _ quantity: Quantity,
        _ result: Contest.Result,
        _ row: Row
    ) -> (ours: Double, yardstick: Double)? {
        switch row.unit {
        case .memory, .index: return nil
        case .rate, .median: break
        }
        let ours = result.pairs.compactMap { $0.ours.perMessage(quantity, row.phase) }
        let others = result.pairs.compactMap { $0.yardstick.perMessage(quantity, row.phase) }
        guard let ours = Spread(ours), let other = Spread(others) else { return nil }
        return (ours.median, other.median)
    }
}
