/// Messages going one way: PUSH connects to PULL.
enum StreamCell<Messaging: PerfMessaging> {
    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePull()
        conductor.offer(try socket.bind(cell.endpoint(process: ProcessLimits.identifier)))
        var reader = FlowReader(size: cell.size)
        try drain(socket, cell, &reader)
        try conductor.begin()
        try drain(socket, cell, &reader)
        try conductor.end()
        conductor.report(count: reader.count / cell.count, nanoseconds: reader.nanoseconds)
        socket.close()
    }

    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePush()
        try socket.connect(try conductor.takeEndpoint())
        let payload = Payload(size: cell.size)
        try send(cell.warmUp, to: socket, cell, payload)
        try conductor.begin()
        try send(cell.duration, to: socket, cell, payload)
        // The receiver has everything before this end closes.
        try conductor.end()
        socket.close()
    }

    private static func send(
        _ milliseconds: Int,
        to socket: Messaging.Push,
        _ cell: Cell,
        _ payload: Payload
    ) throws {
        if cell.count == 1 {
            try Flow.run(milliseconds: milliseconds, size: cell.size) {
                try socket.send(copying: payload.next())
            }
        } else {
            try Flow.run(milliseconds: milliseconds, size: cell.size * cell.count) {
                try socket.send(copying: payload.next(), frames: cell.count)
            }
        }
        try socket.send(.end)
    }

    private static func drain(
        _ socket: Messaging.Pull,
        _ cell: Cell,
        _ reader: inout FlowReader
    ) throws {
        if cell.count == 1 { try reader.drain(socket) } else { try reader.drainFrames(socket) }
    }
}
