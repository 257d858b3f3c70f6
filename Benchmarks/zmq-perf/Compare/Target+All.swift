/// The table of everything that is demanded.
extension Target {
    static let all =
        throughput + inproc + latency + [
            Target(axis: "PUB, 32 × 16 B", must: [.ratioAtLeast(3)], aim: [.ratioAtLeast(6)]) {
                workload,
                _ in
                workload.group == .publish && workload.cell.count == 32 && workload.cell.size == 16
            },
            Target(axis: "PUB, 32 × 256 B", must: [.ratioAtLeast(4)], aim: [.ratioAtLeast(10)]) {
                workload,
                _ in
                workload.group == .publish && workload.cell.count == 32
                    && workload.cell.size == 256
            },
            Target(
                axis: "match against 1 M subscriptions",
                must: [.ratioAtLeast(5)],
                aim: [.ratioAtLeast(10)]
            ) { workload, row in
                workload.group == .match && workload.cell.count == 1_000_000 && row.phase == .misses
            },
            Target(axis: "memory of 1 M subscriptions", must: [.ratioAtMost(0.1)]) {
                workload,
                row in
                workload.group == .match && workload.cell.count == 1_000_000 && row.unit == .memory
            },
            Target(
                axis: "memory of ours per idle peer",
                must: [.memoryAtMost(4096)],
                aim: [.memoryAtMost(1024)]
            ) { workload, row in workload.group == .peers && row.unit == .memory },
            Target(
                axis: "ROUTER with 10 k peers, 1 % active",
                must: [.ratioAtLeast(2)],
                aim: [.ratioAtLeast(4)]
            ) { workload, row in
                workload.group == .peers && workload.cell.count == 10_000 && row.phase == .main
            },
            Target(axis: "mixed pairs", must: [.ratioAtLeast(1)]) { workload, row in
                workload.group == .cross && row.unit == .rate
            },
            Target(axis: "mixed pairs", must: [.ratioAtMost(1)]) { workload, _ in
                workload.group == .cross
            },
        ]

    private static let throughput = [
        Target(
            axis: "tcp and ipc, 16–64 B",
            must: [.ratioAtLeast(4), .processorAtMost(75)],
            aim: [.ratioAtLeast(6), .processorAtMost(50)]
        ) { workload, _ in isStream(workload, [.tcp, .ipc], 16...64) },
        Target(
            axis: "tcp and ipc, 256 B",
            must: [.ratioAtLeast(3.5)],
            aim: [.ratioAtLeast(5)]
        ) { workload, _ in isStream(workload, [.tcp, .ipc], 256...256) },
        Target(
            axis: "tcp and ipc, 1–16 KiB",
            must: [.ratioAtLeast(3)],
            aim: [.ratioAtLeast(5)]
        ) { workload, _ in isStream(workload, [.tcp, .ipc], 1024...16_384) },
        Target(
            axis: "tcp, 64 KiB–1 MiB",
            must: [.ratioAtLeast(1.3)],
            aim: [.floorShareAtLeast(0.9)]
        ) { workload, _ in isStream(workload, [.tcp], 65_536...1_048_576) },
    ]

    private static let inproc = [(16, 5.0, 10.0), (256, 4, 8), (4096, 2, 4)].map {
        (size, must, aim) in
        Target(
            axis: "inproc \(Figures.bytes(size))",
            must: [.ratioAtLeast(must)],
            aim: [.ratioAtLeast(aim)]
        ) { workload, _ in isStream(workload, [.inproc], size...size) }
    }

    private static let latency = [
        Target(
            axis: "REQ/REP over tcp, half of the round trips",
            must: [.ratioAtMost(0.6)],
            aim: [.ratioAtMost(0.4), .floorsAtMost(1.15)]
        ) { workload, _ in
            workload.group == .latency && workload.cell.work == .request
                && workload.cell.transport == .tcp
        },
        Target(
            axis: "inproc latency",
            must: [.ratioAtMost(0.6)],
            aim: [.floorsAtMost(1.2)]
        ) { workload, _ in
            workload.group == .latency && workload.cell.transport == .inproc
        },
        Target(
            axis: "one message each millisecond, one way",
            must: [.ratioAtMost(0.6)],
            aim: [.floorsAtMost(1.3)]
        ) { workload, _ in workload.group == .spaced && workload.cell.work == .oneWay },
    ]

    private static func isStream(
        _ workload: Workload,
        _ transports: [Transport],
        _ sizes: ClosedRange<Int>
    ) -> Bool {
        workload.group == .throughput && transports.contains(workload.cell.transport)
            && sizes.contains(workload.cell.size)
    }
}
