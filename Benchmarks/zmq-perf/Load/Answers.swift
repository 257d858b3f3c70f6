/// Answers from a buffer of its own, as a server would make them.
enum Answers {
    /// Answers until the mark of the end, which is answered as well.
    static func run(_ router: some PerfRouter, size: Int) throws {
        let payload = Payload(size: size)
        let end = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
        defer { end.deallocate() }
        end.copyBytes(from: Mark.end.bytes)
        var reader = PayloadReader(size: size)
        var isOver = false
        while !isOver {
            try router.answer { bytes in
                isOver = Mark.isEnd(bytes)
                guard !isOver else { return UnsafeRawBufferPointer(end) }
                try reader.read(bytes)
                return payload.next()
            }
        }
        reader.finish()
    }

    /// The same for a socket that knows by itself whom to answer.
    static func run(_ socket: some PerfSender & PerfReceiver, size: Int) throws {
        let payload = Payload(size: size)
        var reader = PayloadReader(size: size)
        while try socket.receive({ try !isEnd($0, &reader) }) {
            try socket.send(copying: payload.next())
        }
        try socket.send(.end)
        reader.finish()
    }

    private static func isEnd(
        _ bytes: UnsafeRawBufferPointer,
        _ reader: inout PayloadReader
    ) throws -> Bool {
        if Mark.isEnd(bytes) { return true }
        try reader.read(bytes)
        return false
    }
}
