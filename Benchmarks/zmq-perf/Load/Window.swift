/// Keeps a number of round trips under way.
struct Window {
    private let payload: Payload
    private let width: Int
    private var reader: PayloadReader
    /// Round trips of the last run.
    private(set) var count = 0

    init(size: Int, count width: Int) {
        payload = Payload(size: size)
        reader = PayloadReader(size: size)
        self.width = width
    }

    /// Asks for so long, waits for what is under way, and sends the mark of the end; how long that
    /// took in nanoseconds.
    mutating func run(_ socket: some PerfSender & PerfReceiver, milliseconds: Int) throws -> Int {
        let start = MonotonicClock.now
        for _ in 0..<width { try socket.send(copying: payload.next()) }
        count = try Flow.run(milliseconds: milliseconds, size: 2048) {
            try socket.receive { try reader.read($0) }
            try socket.send(copying: payload.next())
        }
        for _ in 0..<width { try socket.receive { try reader.read($0) } }
        count += width
        let nanoseconds = MonotonicClock.now - start
        reader.finish()
        try socket.send(.end)
        try socket.receive { _ in }
        return nanoseconds
    }
}
