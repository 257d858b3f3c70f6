/// A receiver that works on every message for longer than it takes to send one, so that the sender
/// always waits at the high-water mark.
enum SlowCell<Messaging: PerfMessaging> {
    /// Nanoseconds of work on each message.
    private static var work: Int { 2000 }

    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePull()
        conductor.offer(try socket.bind(cell.endpoint(process: ProcessLimits.identifier)))
        var reader = FlowReader(size: cell.size)
        try consume(socket, &reader)
        try conductor.begin()
        try consume(socket, &reader)
        try conductor.end()
        reader.report(to: conductor)
        socket.close()
    }

    private static func consume(_ socket: Messaging.Pull, _ reader: inout FlowReader) throws {
        reader.begin()
        reader.startClock()
        while try socket.receive({ try reader.continues($0) }) {
            let end = MonotonicClock.now + work
            while MonotonicClock.now < end {}
        }
        reader.finish()
    }
}
