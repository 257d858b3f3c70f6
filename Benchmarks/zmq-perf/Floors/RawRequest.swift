/// One message going back and forth between two processes that block in the kernel.
enum RawRequest {
    static func serve(_ cell: Cell, _ conductor: Conductor) throws {
        let socket = try RawSocket.accept(cell.transport, offering: conductor.offer)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: cell.size, alignment: 64)
        defer { buffer.deallocate() }
        try conductor.begin()
        while try socket.read(buffer) { try socket.write(UnsafeRawBufferPointer(buffer)) }
        socket.close()
        try conductor.end()
    }

    static func load(_ cell: Cell, _ conductor: Conductor) throws {
        let socket = try RawSocket.connect(cell.transport, to: conductor.takeEndpoint())
        let payload = Payload(size: cell.size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: cell.size, alignment: 64)
        defer { buffer.deallocate() }
        try conductor.begin()
        _ = try ask(socket, payload, buffer, Pace(milliseconds: cell.warmUp, pause: cell.pause))
        let trips = try ask(
            socket,
            payload,
            buffer,
            Pace(milliseconds: cell.duration, pause: cell.pause)
        )
        socket.close()
        try conductor.end()
        trips.report(to: conductor)
    }

    private static func ask(
        _ socket: RawSocket,
        _ payload: Payload,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ pace: consuming Pace
    ) throws -> RoundTrips {
        var trips = RoundTrips()
        while let start = pace.next() {
            try socket.write(payload.next())
            guard try socket.read(buffer) else { throw PerfFailure("the connection has ended") }
            trips.add(MonotonicClock.now - start)
        }
        trips.nanoseconds = pace.elapsed
        return trips
    }
}
