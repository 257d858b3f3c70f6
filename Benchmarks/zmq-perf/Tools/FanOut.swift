/// One publisher and many subscribers that all want everything.
enum FanOut<Messaging: PerfMessaging> {
    /// Publishes, dropping nothing, once all subscribers are there; reports publishes per second.
    static func local(_ messaging: Messaging, _ arguments: Arguments) throws {
        let socket = try messaging.makeCountingPublisher()
        _ = try socket.bind(arguments.endpoint)
        try socket.waitForSubscribers(arguments.peers)
        let usage = ResourceUsage.now
        let stopwatch = Stopwatch()
        try Throughput<Messaging>.send(
            to: socket,
            size: arguments.size,
            count: arguments.count
        )
        let microseconds = stopwatch.microseconds
        try socket.closeWhenDelivered(to: arguments.peers)
        try messaging.shutDown()
        Report.throughput(
            size: arguments.size,
            count: arguments.count,
            microseconds: microseconds
        )
        Report.cost(ResourceUsage.now.since(usage), count: arguments.count)
    }

    /// Receives everything with each of many sockets, and reports how much that is per second.
    static func remote(_ messaging: Messaging, _ arguments: Arguments) throws {
        let sockets = try (0..<arguments.peers).map { _ in try messaging.makeSubscriber() }
        for socket in sockets {
            try socket.subscribe([])
            try socket.connect(arguments.endpoint)
        }
        var reader = PayloadReader(size: arguments.size)
        for socket in sockets { try socket.receive { try reader.read($0) } }
        let usage = ResourceUsage.now
        let stopwatch = Stopwatch()
        try drain(sockets, arguments, &reader)
        let microseconds = stopwatch.microseconds
        reader.finish()
        let deliveries = arguments.count * arguments.peers
        Report.deliveries(deliveries, microseconds: microseconds)
        Report.cost(ResourceUsage.now.since(usage), count: deliveries)
        for socket in sockets { socket.close() }
        try messaging.shutDown()
    }

    /// Takes turns: because nothing is dropped, what one socket received the others receive too.
    private static func drain(
        _ sockets: [Messaging.Subscriber],
        _ arguments: Arguments,
        _ reader: inout PayloadReader
    ) throws {
        let turn = messagesPerTurn(highWaterMark: arguments.highWaterMark ?? 1000)
        var remaining = arguments.count - 1
        while remaining > 0 {
            let batch = min(remaining, turn)
            for socket in sockets {
                for _ in 0..<batch { try socket.receive { try reader.read($0) } }
            }
            remaining -= batch
        }
    }

    /// Less than a full queue in one turn: else the publisher would wait for a socket that has to
    /// wait for its turn. Half, because a reader may hold back the news of what it took until then.
    private static func messagesPerTurn(highWaterMark: Int32) -> Int {
        highWaterMark == 0 ? 64 : max(1, min(64, Int(highWaterMark) / 2))
    }
}
