/// Cells of 64 bytes from one thread to another through a ring that both watch without sleeping.
enum RingFloor {
    private static let ring = Ring()

    static func serve(_ cell: Cell, _ conductor: Conductor) throws {
        try conductor.begin()
        let start = MonotonicClock.now
        let count = ring.drain()
        let nanoseconds = MonotonicClock.now - start
        try conductor.end()
        conductor.report(count: count, nanoseconds: nanoseconds)
    }

    static func load(_ cell: Cell, _ conductor: Conductor) throws {
        try conductor.begin()
        let deadline = MonotonicClock.now + cell.duration * 1_000_000
        var number = 1
        while MonotonicClock.now < deadline {
            for _ in 0..<64 { ring.put(batchFrom: &number) }
        }
        ring.end()
        try conductor.end()
    }
}
