/// What the machine does when no library is in the way.
enum Floor: String, CaseIterable, Sendable {
    case tcpStream, ipcStream, tcpRequest, ipcRequest, tcpOneWay, ipcOneWay
    case tcpSpacedRequest, copy, ring, wake, spacedWake

    /// What measures it.
    var cell: Cell {
        switch self {
        case .tcpStream: Cell(work: .rawStream, transport: .tcp)
        case .ipcStream: Cell(work: .rawStream, transport: .ipc)
        case .tcpRequest: Cell(work: .rawRequest, transport: .tcp)
        case .ipcRequest: Cell(work: .rawRequest, transport: .ipc)
        case .tcpOneWay: Cell(work: .rawOneWay, transport: .tcp, pause: 1000)
        case .ipcOneWay: Cell(work: .rawOneWay, transport: .ipc, pause: 1000)
        case .tcpSpacedRequest: Cell(work: .rawRequest, transport: .tcp, pause: 1000)
        case .copy: Cell(work: .copy, transport: .inproc, duration: 100)
        case .ring: Cell(work: .ring, transport: .inproc, duration: 100)
        case .wake: Cell(work: .wake, transport: .inproc)
        case .spacedWake: Cell(work: .wake, transport: .inproc, pause: 1000)
        }
    }

    /// Bytes or cells a second, or nanoseconds.
    func value(_ sample: Sample) -> Double? {
        switch self {
        case .tcpStream, .ipcStream, .copy, .ring: sample.rate()
        case .tcpRequest, .ipcRequest, .tcpOneWay, .ipcOneWay, .tcpSpacedRequest, .wake,
            .spacedWake:
            sample[.p50]
        }
    }

    var title: String {
        switch self {
        case .tcpStream: "tcp stream of 64 KiB blocks"
        case .ipcStream: "ipc stream of 64 KiB blocks"
        case .tcpRequest: "tcp round trip"
        case .ipcRequest: "ipc round trip"
        case .tcpOneWay: "tcp one way each millisecond"
        case .ipcOneWay: "ipc one way each millisecond"
        case .tcpSpacedRequest: "tcp round trip each millisecond"
        case .copy: "copy within the cache"
        case .ring: "ring of 64 B cells between two threads"
        case .wake: "futex round trip"
        case .spacedWake: "futex round trip each millisecond"
        }
    }

    /// The value as people read it.
    func text(_ value: Double) -> String {
        switch self {
        case .tcpStream, .ipcStream, .copy: "\(Figures.short(value / 1e9)) GB/s"
        case .ring: "\(Figures.scaled(value))/s"
        default: "\(Figures.short(value / 1000)) µs"
        }
    }
}

/// Which floor a row stands on.
enum FloorShare: Sendable {
    case none
    /// The raw stream of its transport.
    case stream
    /// A ring and one copy.
    case handOver
    /// The raw round trip of its transport.
    case request
    /// The raw way of its transport, one message each millisecond.
    case oneWay
    /// The raw round trip over tcp, one each millisecond.
    case spacedRequest
    /// A futex round trip.
    case wake
    /// Half a futex round trip, one each millisecond.
    case spacedWake

    /// The floors that it takes to know the share of a row of a cell.
    func floors(_ cell: Cell) -> [Floor] {
        let isIPC = cell.transport == .ipc
        return switch self {
        case .none: []
        case .stream: [isIPC ? .ipcStream : .tcpStream]
        case .handOver: [.ring, .copy]
        case .request: [isIPC ? .ipcRequest : .tcpRequest]
        case .oneWay: [isIPC ? .ipcOneWay : .tcpOneWay]
        case .spacedRequest: [.tcpSpacedRequest]
        case .wake: [.wake]
        case .spacedWake: [.spacedWake]
        }
    }

    /// How close a value comes to its floors, which are in the order of `floors`: one is there.
    func share(of value: Double, _ cell: Cell, floors: [Double]) -> Double? {
        guard let first = floors.first, value > 0, first > 0 else { return nil }
        switch self {
        case .none: return nil
        case .stream: return value * Double(cell.size * cell.count) / first
        case .handOver:
            guard floors.count > 1 else { return nil }
            return value * (1 / first + Double(cell.size) / floors[1])
        case .request, .oneWay, .spacedRequest, .wake: return first / value
        case .spacedWake: return first / 2 / value
        }
    }
}

extension Floor {
    /// The floors that the rows of some workloads stand on.
    static func needed(by workloads: [Workload]) -> [Floor] {
        let needed = Set(
            workloads.flatMap { workload in
                workload.rows.flatMap { $0.floor.floors(workload.cell) }
            }
        )
        return allCases.filter { needed.contains($0) }
    }
}
