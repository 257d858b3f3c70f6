/// Many senders on threads of one process, and one receiver.
enum FanInCell<Messaging: PerfMessaging> {
    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePull()
        conductor.offer(try socket.bind(cell.endpoint(process: ProcessLimits.identifier)))
        var counts = SenderCounts(senders: cell.count, size: cell.size)
        try counts.drain(socket)
        try conductor.begin()
        try counts.drain(socket)
        try conductor.end()
        conductor.report(count: counts.total, nanoseconds: counts.nanoseconds)
        conductor.report(.fairness, counts.fairness)
        socket.close()
    }

    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let endpoint = try conductor.takeEndpoint()
        let sockets = try (0..<cell.count).map { _ in try messaging.makePush() }
        for socket in sockets { try socket.connect(endpoint) }
        try send(cell.warmUp, to: sockets, cell)
        try conductor.begin()
        try send(cell.duration, to: sockets, cell)
        try conductor.end()
        for socket in sockets { socket.close() }
    }

    private static func send(
        _ milliseconds: Int,
        to sockets: [Messaging.Push],
        _ cell: Cell
    ) throws {
        let threads = try sockets.enumerated().map { index, socket in
            try WorkerThread {
                let sender = UInt8(truncatingIfNeeded: index)
                let payload = Payload(size: cell.size, sender: sender)
                try Flow.run(milliseconds: milliseconds, size: cell.size) {
                    try socket.send(copying: payload.next())
                }
                try socket.send(.end)
            }
        }
        for thread in threads { try thread.join() }
    }
}

/// How many messages came from each of many senders.
struct SenderCounts {
    private var counts: [Int]
    private var reader: PayloadReader
    private var ended = 0
    /// What the counts were when the first sender stopped.
    private var whileAllSent: [Int] = []
    private(set) var nanoseconds = 0

    init(senders: Int, size: Int) {
        counts = Array(repeating: 0, count: senders)
        reader = PayloadReader(size: size)
    }

    var total: Int { counts.reduce(0, +) }

    /// Jain's index: the square of the sum by the sum of the squares, and by how many there are.
    var fairness: Double {
        let sum = Double(whileAllSent.reduce(0, +))
        let squares = whileAllSent.reduce(0) { $0 + Double($1) * Double($1) }
        return squares > 0 ? sum * sum / squares / Double(whileAllSent.count) : 0
    }

    /// Receives until every sender has stopped.
    mutating func drain(_ socket: some PerfReceiver) throws {
        for index in counts.indices { counts[index] = 0 }
        whileAllSent = []
        ended = 0
        try socket.receive { try take($0) }
        let start = MonotonicClock.now
        while ended < counts.count { try socket.receive { try take($0) } }
        nanoseconds = MonotonicClock.now - start
        reader.finish()
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
        if Mark.isEnd(bytes) {
            if ended == 0 { whileAllSent = counts }
            ended += 1
            return
        }
        try reader.read(bytes)
        counts[Int(bytes[1])] += 1
    }
}
