/// Blocks of 64 KiB one way through the kernel: what no stream transport can exceed by much.
enum RawStream {
    private static var block: Int { 65_536 }

    static func serve(_ cell: Cell, _ conductor: Conductor) throws {
        try receive(cell, conductor, isMeasured: false)
        try receive(cell, conductor, isMeasured: true)
    }

    static func load(_ cell: Cell, _ conductor: Conductor) throws {
        try send(cell.warmUp, cell, conductor, isMeasured: false)
        try send(cell.duration, cell, conductor, isMeasured: true)
    }

    /// Each phase has a connection of its own, whose end is the end of the phase.
    private static func receive(_ cell: Cell, _ conductor: Conductor, isMeasured: Bool) throws {
        let socket = try RawSocket.accept(cell.transport, offering: conductor.offer)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: block, alignment: 64)
        defer { buffer.deallocate() }
        if isMeasured { try conductor.begin() }
        var bytes = 0
        let start = MonotonicClock.now
        while true {
            let count = try socket.readSome(buffer)
            if count == 0 { break }
            bytes += count
        }
        let nanoseconds = MonotonicClock.now - start
        socket.close()
        guard isMeasured else { return }
        try conductor.end()
        conductor.report(count: bytes, nanoseconds: nanoseconds)
    }

    private static func send(
        _ milliseconds: Int,
        _ cell: Cell,
        _ conductor: Conductor,
        isMeasured: Bool
    ) throws {
        let socket = try RawSocket.connect(cell.transport, to: conductor.takeEndpoint())
        let payload = Payload(size: block)
        if isMeasured { try conductor.begin() }
        try Flow.run(milliseconds: milliseconds, size: block) { try socket.write(payload.next()) }
        socket.close()
        if isMeasured { try conductor.end() }
    }
}
