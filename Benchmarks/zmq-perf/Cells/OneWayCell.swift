/// Messages going one way at a steady pace, each bearing the time of its sending.
enum OneWayCell<Messaging: PerfMessaging> {
    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePull()
        conductor.offer(try socket.bind(cell.endpoint(process: ProcessLimits.identifier)))
        _ = try receive(socket, cell)
        try conductor.begin()
        let trips = try receive(socket, cell)
        try conductor.end()
        trips.report(to: conductor)
        socket.close()
    }

    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePush()
        try socket.connect(try conductor.takeEndpoint())
        try send(cell.warmUp, to: socket, cell)
        try conductor.begin()
        let spun = try send(cell.duration, to: socket, cell)
        try conductor.end()
        conductor.report(.cpu, -Double(spun))
        socket.close()
    }

    /// Returns the processor time that only kept the pace.
    @discardableResult
    private static func send(
        _ milliseconds: Int,
        to socket: Messaging.Push,
        _ cell: Cell
    ) throws -> Int {
        let payload = Payload(size: cell.size)
        var pace = Pace(milliseconds: milliseconds, pause: cell.pause)
        while let start = pace.next() { try socket.send(copying: payload.next(stamp: start)) }
        try socket.send(.end)
        return pace.spun
    }

    private static func receive(_ socket: Messaging.Pull, _ cell: Cell) throws -> RoundTrips {
        var trips = RoundTrips()
        let start = MonotonicClock.now
        while try socket.receive({ try time($0, cell, &trips) }) {}
        trips.nanoseconds = MonotonicClock.now - start
        return trips
    }

    /// Adds the time that a message took; false for the mark of the end.
    private static func time(
        _ bytes: UnsafeRawBufferPointer,
        _ cell: Cell,
        _ trips: inout RoundTrips
    ) throws -> Bool {
        if Mark.isEnd(bytes) { return false }
        guard bytes.count == cell.size else {
            throw PerfFailure("a message of \(bytes.count) bytes came")
        }
        trips.add(MonotonicClock.now - bytes.loadUnaligned(as: Int.self))
        return true
    }
}
