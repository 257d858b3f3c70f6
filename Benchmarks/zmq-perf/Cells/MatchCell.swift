/// A publisher that looks for each message through many subscriptions.
enum MatchCell<Messaging: PerfMessaging> {
    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makePublisher()
        let endpoint = try socket.bind(cell.endpoint(process: ProcessLimits.identifier))
        let before = try ProcessLimits.residentBytesInUse()
        conductor.offer(endpoint)
        try socket.announce(until: conductor)
        let after = try ProcessLimits.residentBytesInUse()
        conductor.report(.memory, Double(after - before) / Double(cell.count))
        for phase in [Phase.misses, .hits] {
            let topics = Topics(of: cell.count - 1, areSubscribed: phase == .hits)
            for (milliseconds, isMeasured) in [(cell.warmUp, false), (cell.duration, true)] {
                if isMeasured { try conductor.begin() }
                let start = MonotonicClock.now
                let count = try Flow.run(milliseconds: milliseconds, size: cell.size) {
                    try socket.send(copying: topics.next())
                }
                let nanoseconds = MonotonicClock.now - start
                try socket.send(.end)
                if isMeasured {
                    try conductor.end(phase)
                    if phase == .misses {
                        conductor.report(count: count, nanoseconds: nanoseconds, phase)
                    }
                }
            }
        }
        socket.close()
    }

    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makeSubscriber()
        for index in 0..<cell.count - 1 { try socket.subscribe(Topics.topic(index)) }
        // The last of so many: when its message arrives, the publisher has taken all of them.
        try socket.subscribe([Mark.topic])
        try socket.connect(try conductor.takeEndpoint())
        try socket.receive { _ in }
        try conductor.meet()
        for phase in [Phase.misses, .hits] {
            try receive(socket)
            try conductor.begin()
            let (count, nanoseconds) = try receive(socket)
            try conductor.end(phase)
            if phase == .hits { conductor.report(count: count, nanoseconds: nanoseconds, phase) }
        }
        socket.close()
    }

    /// Counts what comes until the end of a phase, which may be nothing.
    @discardableResult
    private static func receive(_ socket: Messaging.Subscriber) throws -> (Int, Int) {
        let start = MonotonicClock.now
        var count = 0
        while try socket.receive({ !Mark.isEnd($0) }) { count += 1 }
        return (count, MonotonicClock.now - start)
    }
}
