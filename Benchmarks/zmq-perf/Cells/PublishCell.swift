/// One publisher, and many subscribers of one process that all want everything.
enum PublishCell<Messaging: PerfMessaging> {
    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePublisher()
        conductor.offer(try socket.bind(cell.endpoint(process: ProcessLimits.identifier)))
        try socket.announce(until: conductor)
        let payload = Payload(size: cell.size)
        for (milliseconds, isMeasured) in [(cell.warmUp, false), (cell.duration, true)] {
            if isMeasured { try conductor.begin() }
            try Flow.run(milliseconds: milliseconds, size: cell.size * cell.count) {
                try socket.send(copying: payload.next())
            }
            try socket.send(.end)
        }
        try conductor.end()
        socket.close()
    }

    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let endpoint = try conductor.takeEndpoint()
        let sockets = try (0..<cell.count).map { _ in try messaging.makeSubscriber() }
        for socket in sockets {
            try socket.subscribe([])
            try socket.connect(endpoint)
        }
        for socket in sockets { try socket.receive { _ in } }
        try conductor.meet()
        var reader = FlowReader(size: cell.size)
        try drain(sockets, cell, &reader)
        try conductor.begin()
        try drain(sockets, cell, &reader)
        try conductor.end()
        reader.report(to: conductor)
        for socket in sockets { socket.close() }
    }

    /// Takes turns: because nothing is dropped, what one socket receives the others receive too.
    ///
    /// In one turn less than a full queue: else the publisher would wait for a socket that has to
    /// wait for its turn. Half, because a reader may hold back the news of what it took until then.
    private static func drain(
        _ sockets: [Messaging.Subscriber],
        _ cell: Cell,
        _ reader: inout FlowReader
    ) throws {
        let turn = max(1, min(64, Int(cell.highWaterMark) / 2))
        reader.begin()
        while reader.count == 0, try sockets[0].receive({ try reader.continues($0) }) {}
        reader.startClock()
        // Who was there early has heard more of the publisher's presence, and ends a little later.
        var unfinished = Array(sockets.indices)
        while !unfinished.isEmpty {
            try unfinished.removeAll { index in
                for _ in 0..<turn {
                    if try !sockets[index].receive({ try reader.continues($0) }) { return true }
                }
                return false
            }
        }
        reader.finish()
    }
}

extension PerfSender {
    /// Shows presence until the other end has heard it and waits.
    ///
    /// A subscriber that has heard it is subscribed, and receives what is sent from now on. The
    /// pauses grow, so that the first subscribers do not get a queue full of it.
    func announce(until conductor: Conductor) throws {
        var pause = 1_000_000
        while !conductor.isAwaited {
            try send(.presence)
            MonotonicClock.sleep(until: MonotonicClock.now + pause)
            pause = min(2 * pause, 64_000_000)
        }
        try conductor.meet()
    }
}
