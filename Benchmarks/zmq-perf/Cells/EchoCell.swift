/// One message going back and forth, as fast as it goes or at a steady pace.
enum EchoCell {
    static func serve(
        _ socket: some PerfSender & PerfReceiver,
        _ cell: Cell,
        _ conductor: Conductor
    ) throws {
        conductor.offer(try socket.bind(cell.endpoint(process: ProcessLimits.identifier)))
        try phases(conductor) { try Answers.run(socket, size: cell.size) }
        socket.close()
    }

    static func serve(_ router: some PerfRouter, _ cell: Cell, _ conductor: Conductor) throws {
        conductor.offer(try router.bind(cell.endpoint(process: ProcessLimits.identifier)))
        try phases(conductor) { try Answers.run(router, size: cell.size) }
        router.close()
    }

    static func load(
        _ socket: some PerfSender & PerfReceiver,
        _ cell: Cell,
        _ conductor: Conductor
    ) throws {
        try socket.connect(try conductor.takeEndpoint())
        let payload = Payload(size: cell.size)
        _ = try ask(socket, cell, cell.warmUp, payload)
        try conductor.begin()
        let times = try ask(socket, cell, cell.duration, payload)
        try conductor.end()
        times.report(to: conductor)
        socket.close()
    }

    /// The same work for warming up and for measuring.
    private static func phases(_ conductor: Conductor, _ work: () throws -> Void) throws {
        try work()
        try conductor.begin()
        try work()
        try conductor.end()
    }

    private static func ask(
        _ socket: some PerfSender & PerfReceiver,
        _ cell: Cell,
        _ milliseconds: Int,
        _ payload: Payload
    ) throws -> RoundTrips {
        var reader = PayloadReader(size: cell.size)
        var pace = Pace(milliseconds: milliseconds, pause: cell.pause)
        var trips = RoundTrips()
        while let start = pace.next() {
            try socket.send(copying: payload.next())
            try socket.receive { try reader.read($0) }
            trips.add(MonotonicClock.now - start)
        }
        trips.nanoseconds = pace.elapsed
        reader.finish()
        try socket.send(.end)
        try socket.receive { _ in }
        return trips
    }
}
