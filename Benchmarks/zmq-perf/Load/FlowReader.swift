/// Counts the payloads of a phase, from the first one to the mark of the end.
struct FlowReader {
    private var reader: PayloadReader
    private var start = 0
    /// Payloads after the first, which only starts the clock.
    private(set) var count = 0
    private(set) var nanoseconds = 0

    init(size: Int) { reader = PayloadReader(size: size) }

    /// Receives a whole phase of messages of one frame.
    mutating func drain(_ socket: some PerfReceiver) throws {
        begin()
        while count <= 0, try socket.receive({ try continues($0) }) {}
        startClock()
        while try socket.receive({ try continues($0) }) {}
        finish()
    }

    /// Receives a whole phase of messages of several frames, and counts the frames.
    mutating func drainFrames(_ socket: some PerfReceiver) throws {
        begin()
        var isOver = false
        while count <= 0, !isOver { try socket.receiveFrames { isOver = try !continues($0) } }
        startClock()
        while !isOver { try socket.receiveFrames { isOver = try !continues($0) } }
        finish()
    }

    mutating func begin() { count = 0 }

    /// Starts the clock: what has come so far does not count.
    mutating func startClock() {
        count = 0
        start = MonotonicClock.now
    }

    /// Stops the clock.
    mutating func finish() {
        nanoseconds = MonotonicClock.now - start
        reader.finish()
    }

    /// Takes a payload, or a sign of presence, which counts for nothing; false for the end.
    mutating func continues(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        if reader.readIfPayload(bytes) {
            count += 1
            return true
        }
        guard bytes.count <= 2 else {
            throw PerfFailure("a message of \(bytes.count) bytes came")
        }
        return !Mark.isEnd(bytes)
    }

    func report(to conductor: Conductor, _ phase: Phase = .main) {
        conductor.report(count: count, nanoseconds: nanoseconds, phase)
    }
}
