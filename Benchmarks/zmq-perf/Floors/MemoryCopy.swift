/// One thread copying within the cache: the least that a message costs which is copied once.
enum MemoryCopy {
    private static var block: Int { 65_536 }

    static func run(_ cell: Cell, _ conductor: Conductor) throws {
        let source = Payload(size: block)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: block, alignment: 4096)
        defer { target.deallocate() }
        try conductor.begin()
        let start = MonotonicClock.now
        var reader = PayloadReader(size: block)
        let count = Flow.run(milliseconds: cell.duration, size: 4096) {
            target.copyMemory(from: source.next())
            _ = reader.readIfPayload(UnsafeRawBufferPointer(target))
        }
        let nanoseconds = MonotonicClock.now - start
        reader.finish()
        try conductor.end()
        conductor.report(count: count * block, nanoseconds: nanoseconds)
    }

    /// The end that has nothing to do.
    static func accompany(_ conductor: Conductor) throws {
        try conductor.begin()
        try conductor.end()
    }
}
