/// All figures, for programs.
enum Export {
    static func json(
        _ machine: MachineDescription,
        _ contest: Contest,
        _ standings: [Standing]
    ) -> JSONValue {
        let floors = Floor.allCases.compactMap { floor -> (String, JSONValue)? in
            contest.floor(floor).map { (floor.rawValue, .number($0)) }
        }
        return .object([
            (
                "machine",
                .object([
                    ("processor", .text(machine.processor)),
                    ("processors", .number(Double(machine.processors))),
                    ("memory", .text(machine.memory)),
                    ("kernel", .text(machine.kernel)),
                    ("congestionControl", .text(machine.congestionControl)),
                    ("swift", .text(machine.swift)),
                    ("libzmq", .text(machine.libzmq)),
                    ("day", .text(machine.day)),
                ])
            ),
            ("floors", .object(floors)),
            ("rows", .list(standings.map(row))),
            ("workloads", .list(contest.results.map(workload))),
        ])
    }

    private static func row(_ standing: Standing) -> JSONValue {
        .object([
            ("group", .text(standing.workload.group.rawValue)),
            ("workload", .text(standing.workload.name)),
            ("row", .text(standing.row.title)),
            ("unit", .text(unit(standing.row.unit))),
            ("ratio", spread(standing.ratio)),
            ("ours", spread(standing.ours)),
            ("libzmq", spread(standing.yardstick)),
            ("cpuOurs", JSONValue(standing.cpu?.ours)),
            ("cpuLibzmq", JSONValue(standing.cpu?.yardstick)),
            ("switchesOurs", JSONValue(standing.switches?.ours)),
            ("switchesLibzmq", JSONValue(standing.switches?.yardstick)),
            ("floorShare", JSONValue(standing.floorShare)),
            ("target", target(standing)),
            ("pairs", .number(Double(standing.pairs))),
            ("slow", .number(Double(standing.slow))),
            ("thrownAway", .number(Double(standing.disturbed))),
            ("failure", standing.failure.map { .text($0) } ?? .null),
        ])
    }

    private static func target(_ standing: Standing) -> JSONValue {
        guard let target = standing.target else { return .null }
        func verdict(_ isMet: Bool?) -> JSONValue {
            isMet.map { .text($0 ? "yes" : "no") } ?? .null
        }
        return .object([
            ("axis", .text(target.axis)),
            ("must", .text(target.must.text)),
            ("isMustMet", verdict(standing.isMustMet)),
            ("aim", .text(target.aim.text)),
            ("isAimMet", target.aim.isEmpty ? .null : verdict(standing.isAimMet)),
        ])
    }

    private static func unit(_ unit: Row.Unit) -> String {
        switch unit {
        case .rate: "per second"
        case .median: "nanoseconds"
        case .memory: "bytes"
        case .index: "index"
        }
    }

    private static func spread(_ spread: Spread?) -> JSONValue {
        guard let spread else { return .null }
        return .object([
            ("median", .number(spread.median)),
            ("lower", .number(spread.lower)),
            ("upper", .number(spread.upper)),
        ])
    }

    /// Everything that was measured, pair by pair.
    private static func workload(_ result: Contest.Result) -> JSONValue {
        let phases = [Phase.main, .storm, .misses, .hits]
        let series = phases.flatMap { phase in
            Quantity.allCases.compactMap { quantity -> (String, JSONValue)? in
                let ours = result.pairs.compactMap { $0.ours[quantity, phase] }
                let others = result.pairs.compactMap { $0.yardstick[quantity, phase] }
                guard !ours.isEmpty || !others.isEmpty else { return nil }
                return (
                    Sample.key(quantity, phase),
                    .object([
                        ("ours", .list(ours.map { .number($0) })),
                        ("libzmq", .list(others.map { .number($0) })),
                    ])
                )
            }
        }
        return .object([("name", .text(result.workload.fullName)), ("series", .object(series))])
    }
}
