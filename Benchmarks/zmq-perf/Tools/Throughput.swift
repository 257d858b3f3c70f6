/// Messages going one way between two processes: PUSH connects to PULL.
enum Throughput<Messaging: PerfMessaging> {
    /// Receives `count` messages and reports their rate; the clock starts after the first.
    static func local(_ messaging: Messaging, _ endpoint: String, size: Int, count: Int) throws {
        let socket = try messaging.makePull()
        _ = try socket.bind(endpoint)
        try receive(from: socket, size: size, count: count)
        socket.close()
        try messaging.shutDown()
    }

    /// Sends `count` messages and ends when all of them are on their way.
    static func remote(_ messaging: Messaging, _ endpoint: String, size: Int, count: Int) throws {
        let socket = try messaging.makePush()
        try socket.connect(endpoint)
        let usage = ResourceUsage.now
        try send(to: socket, size: size, count: count)
        try socket.closeWhenDelivered(to: 1)
        try messaging.shutDown()
        Report.cost(ResourceUsage.now.since(usage), count: count)
    }

    /// Two threads of one process and no network between them.
    static func inproc(_ messaging: Messaging, size: Int, count: Int) throws {
        let receiver = try messaging.makePull()
        let sender = try messaging.makePush()
        let endpoint = try receiver.bind("inproc://throughput")
        try sender.connect(endpoint)
        let thread = try WorkerThread {
            try send(to: sender, size: size, count: count)
            sender.close()
        }
        try receive(from: receiver, size: size, count: count)
        try thread.join()
        receiver.close()
        try messaging.shutDown()
    }

    static func send(to socket: some PerfSender, size: Int, count: Int) throws {
        let payload = Payload(size: size)
        for _ in 0..<count { try socket.send(copying: payload.next()) }
    }

    private static func receive(from socket: Messaging.Pull, size: Int, count: Int) throws {
        var reader = PayloadReader(size: size)
        try socket.receive { try reader.read($0) }
        let usage = ResourceUsage.now
        let stopwatch = Stopwatch()
        for _ in 1..<count { try socket.receive { try reader.read($0) } }
        let microseconds = stopwatch.microseconds
        reader.finish()
        Report.throughput(size: size, count: count, microseconds: microseconds)
        Report.cost(ResourceUsage.now.since(usage), count: count)
    }
}
