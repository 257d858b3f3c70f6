/// All workloads, in the order of the table.
enum Catalogue {
    static let all: [Workload] =
        throughput + latency + spaced + window + publish + match + peers + fanIn + multipart
        + slow + proxy + cross

    static let sizes = [16, 64, 256, 1024, 4096, 16_384, 65_536, 1_048_576]

    private static let throughput = Transport.allCases.flatMap { transport in
        sizes.map { size in
            Workload(
                group: .throughput,
                name: "\(transport) \(Figures.octets(size))",
                cell: Cell(work: .stream, transport: transport, size: size),
                rows: [
                    Row(
                        title: "\(transport) \(Figures.octets(size))",
                        unit: .rate,
                        floor: transport == .inproc ? .handOver : .stream,
                        goal: throughputGoal(transport, size)
                    )
                ],
                isQuick: isQuick(transport, size)
            )
        }
    }

    private static func isQuick(_ transport: Transport, _ size: Int) -> Bool {
        switch transport {
        case .tcp: [16, 256, 4096, 65_536].contains(size)
        case .ipc: [64].contains(size)
        case .inproc: [16, 4096].contains(size)
        }
    }

    private static func throughputGoal(_ transport: Transport, _ size: Int) -> Goal? {
        switch (transport, size) {
        case (.inproc, 16): .atLeast(5, aim: 10)
        case (.inproc, 256): .atLeast(4, aim: 8)
        case (.inproc, 4096): .atLeast(2, aim: 4)
        case (.inproc, _): nil
        case (_, ...64): .atLeast(4, aim: 6)
        case (_, 256): .atLeast(3.5, aim: 5)
        case (_, 1024...16_384): .atLeast(3, aim: 5)
        case (.tcp, 65_536...): .atLeast(1.3, aim: 1.3)
        default: nil
        }
    }

    private static let latency = Transport.allCases.flatMap { transport in
        [(Work.request, "REQ/REP"), (.pair, "PAIR"), (.router, "DEALER/ROUTER")].map { work, name in
            Workload(
                group: .latency,
                name: "\(name) \(transport)",
                cell: Cell(work: work, transport: transport),
                rows: [
                    Row(
                        title: "\(name) \(transport)",
                        unit: .median,
                        floor: transport == .inproc ? .wake : .request,
                        goal: work == .request || transport == .inproc
                            ? .atMost(0.6, aim: 0.4) : nil
                    )
                ],
                isQuick: work == .request
            )
        }
    }

    private static let spaced =
        Transport.allCases.map { transport in
            Workload(
                group: .spaced,
                name: "one way \(transport)",
                cell: Cell(work: .oneWay, transport: transport, pause: 1000, duration: 600),
                rows: [
                    Row(
                        title: "PUSH/PULL, one way, \(transport)",
                        unit: .median,
                        floor: transport == .inproc ? .spacedWake : .oneWay,
                        goal: .atMost(0.6, aim: 0.5)
                    )
                ],
                isQuick: transport == .tcp
            )
        } + [
            Workload(
                group: .spaced,
                name: "round trip tcp",
                cell: Cell(work: .request, pause: 1000, duration: 600),
                rows: [Row(title: "REQ/REP, round trip, tcp", unit: .median, floor: .spacedRequest)]
            )
        ]

    private static let window = [1, 10, 100, 1000].map { width in
        Workload(
            group: .window,
            name: "window \(width)",
            cell: Cell(work: .window, count: width),
            rows: [Row(title: "\(width) under way", unit: .rate)],
            isQuick: width == 100
        )
    }
}
