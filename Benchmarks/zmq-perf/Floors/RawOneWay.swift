/// Messages at a steady pace to a process that blocks in the kernel.
enum RawOneWay {
    static func serve(_ cell: Cell, _ conductor: Conductor) throws {
        let socket = try RawSocket.accept(cell.transport, offering: conductor.offer)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: cell.size, alignment: 64)
        defer { buffer.deallocate() }
        var trips = RoundTrips()
        try conductor.begin()
        let start = MonotonicClock.now
        while try socket.read(buffer) {
            trips.add(MonotonicClock.now - buffer.loadUnaligned(as: Int.self))
        }
        trips.nanoseconds = MonotonicClock.now - start
        try conductor.end()
        trips.report(to: conductor)
        socket.close()
    }

    static func load(_ cell: Cell, _ conductor: Conductor) throws {
        let socket = try RawSocket.connect(cell.transport, to: conductor.takeEndpoint())
        let payload = Payload(size: cell.size)
        try conductor.begin()
        var pace = Pace(milliseconds: cell.duration, pause: cell.pause)
        while let start = pace.next() { try socket.write(payload.next(stamp: start)) }
        socket.close()
        try conductor.end()
    }
}
