/// The workloads with many peers, subscriptions or frames.
extension Catalogue {
    static let publish = [1, 32, 256].flatMap { count in
        [16, 256, 4096].map { size in
            Workload(
                group: .publish,
                name: "\(count) x \(Figures.bytes(size))",
                cell: Cell(work: .publish, size: size, count: count),
                rows: [Row(title: "\(count) x \(Figures.bytes(size))", unit: .rate)],
                isQuick: count == 32 && size <= 256,
                preparation: count > 32 ? 0.2 : 0.05
            )
        }
    }

    static let match = [10, 1000, 100_000, 1_000_000].map { count in
        let isLarge = count == 1_000_000
        let number = Figures.number(count)
        var rows = [
            Row(title: "\(number) subscriptions, none matches", unit: .rate, phase: .misses),
            Row(title: "\(number) subscriptions, one matches", unit: .rate, phase: .hits),
        ]
        if count >= 1000 {
            rows.append(Row(title: "\(number), memory of each", unit: .memory))
        }
        return Workload(
            group: .match,
            name: "\(number) subscriptions",
            cell: Cell(work: .match, size: 19, count: count),
            rows: rows,
            isQuick: count == 1000,
            maximumRounds: isLarge ? 2 : .max,
            preparation: Double(count) / 250_000
        )
    }

    static let peers = [1000, 10_000].map { count in
        let number = Figures.number(count)
        let isLarge = count == 10_000
        return Workload(
            group: .peers,
            name: "\(number) peers",
            cell: Cell(work: .crowd, count: count),
            rows: [
                Row(title: "\(number) peers connect at once", unit: .rate, phase: .storm),
                Row(title: "\(number), memory of each", unit: .memory, phase: .storm),
                Row(title: "\(number), 1 % active", unit: .rate),
            ],
            isQuick: !isLarge,
            maximumRounds: isLarge ? 3 : .max,
            preparation: Double(count) / 1500
        )
    }

    static let fanIn = [
        Workload(
            group: .fanin,
            name: "8 to 1",
            cell: Cell(work: .fanIn, count: 8),
            rows: [
                Row(title: "8 PUSH to 1 PULL", unit: .rate),
                Row(title: "8 to 1, fairness", unit: .index),
            ],
            isQuick: true
        )
    ]

    static let multipart = [2, 10].map { frames in
        Workload(
            group: .multipart,
            name: "\(frames) frames",
            cell: Cell(work: .stream, size: 16, count: frames),
            rows: [Row(title: "\(frames) frames", unit: .rate)],
            isQuick: frames == 10
        )
    }

    static let slow = [
        Workload(
            group: .slow,
            name: "slow consumer",
            cell: Cell(work: .slow, size: 1024),
            rows: [Row(title: "tcp", unit: .rate)],
            isQuick: true
        )
    ]

    static let proxy = [
        Workload(
            group: .proxy,
            name: "stream",
            cell: Cell(work: .proxyStream),
            rows: [Row(title: "PUSH, PULL/PUSH, PULL", unit: .rate)],
            isQuick: true
        ),
        Workload(
            group: .proxy,
            name: "request",
            cell: Cell(work: .proxyRequest),
            rows: [Row(title: "REQ, ROUTER/DEALER, REP", unit: .median)]
        ),
    ]

    static let cross =
        [64, 1024, 65_536].flatMap { size in
            let cell = Cell(work: .stream, size: size)
            return mixed(cell, Figures.bytes(size), ("PUSH", "PULL"), .rate)
        } + mixed(Cell(work: .request), "64 B", ("REQ", "REP"), .median)

    /// Ours at one end and libzmq at the other, both ways round.
    private static func mixed(
        _ cell: Cell,
        _ size: String,
        _ sockets: (client: String, server: String),
        _ unit: Row.Unit
    ) -> [Workload] {
        let ways = [
            (CellRun.Contender.oursLoads, "our \(sockets.client), its \(sockets.server)"),
            (.oursServes, "its \(sockets.client), our \(sockets.server)"),
        ]
        return ways.map { contender, name in
            Workload(
                group: .cross,
                name: "\(name), \(size)",
                cell: cell,
                rows: [Row(title: "\(name), \(size)", unit: unit)],
                ours: contender,
                isQuick: size == "64 B" && unit == .rate
            )
        }
    }
}
