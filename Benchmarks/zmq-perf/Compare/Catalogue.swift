/// All workloads, in the order of the table.
enum Catalogue {
    static let all: [Workload] =
        throughput + latency + spaced + window + publish + match + peers + fanIn + multipart
        + slow + proxy + curve + cross

    static let sizes = [16, 64, 256, 1024, 4096, 16_384, 65_536, 1_048_576]

    private static let throughput = Transport.allCases.flatMap { transport in
        sizes.map { size in
            Workload(
                group: .throughput,
                name: "\(transport) \(Figures.bytes(size))",
                cell: Cell(work: .stream, transport: transport, size: size),
                rows: [
                    Row(
                        title: "\(transport) \(Figures.bytes(size))",
                        unit: .rate,
                        floor: transport == .inproc ? .handOver : .stream
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
                        floor: transport == .inproc ? .wake : .request
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
                        floor: transport == .inproc ? .spacedWake : .oneWay
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

    private static let curve = [64, 1024, 65_536].map { size in
        Workload(
            group: .curve,
            name: Figures.bytes(size),
            cell: Cell(work: .stream, size: size, isEncrypted: true),
            rows: [Row(title: Figures.bytes(size), unit: .rate)],
            isQuick: size == 1024
        )
    }

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
