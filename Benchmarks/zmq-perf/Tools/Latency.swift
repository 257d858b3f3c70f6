/// One message going back and forth: REQ connects to REP.
enum Latency<Messaging: PerfMessaging> {
    /// Sends every message back.
    static func local(
        _ messaging: Messaging,
        _ endpoint: String,
        size: Int,
        roundTrips: Int
    ) throws {
        let socket = try messaging.makeReply()
        _ = try socket.bind(endpoint)
        try answer(socket, size: size, roundTrips: roundTrips)
        socket.close()
        try messaging.shutDown()
    }

    /// Sends messages, waits for each to come back and reports the mean time of one way.
    static func remote(
        _ messaging: Messaging,
        _ endpoint: String,
        size: Int,
        roundTrips: Int
    ) throws {
        let socket = try messaging.makeRequest()
        try socket.connect(endpoint)
        try ask(socket, size: size, roundTrips: roundTrips)
        socket.close()
        try messaging.shutDown()
    }

    /// Two threads of one process and no network between them.
    static func inproc(_ messaging: Messaging, size: Int, roundTrips: Int) throws {
        let reply = try messaging.makeReply()
        let request = try messaging.makeRequest()
        let endpoint = try reply.bind("inproc://latency")
        try request.connect(endpoint)
        let thread = try WorkerThread {
            try answer(reply, size: size, roundTrips: roundTrips)
        }
        try ask(request, size: size, roundTrips: roundTrips)
        try thread.join()
        request.close()
        reply.close()
        try messaging.shutDown()
    }

    /// The answer is copied from a buffer of its own, as a server would make one.
    private static func answer(_ socket: Messaging.Reply, size: Int, roundTrips: Int) throws {
        let payload = Payload(size: size)
        var reader = PayloadReader(size: size)
        for _ in 0..<roundTrips {
            try socket.receive { try reader.read($0) }
            try socket.send(copying: payload.next())
        }
        reader.finish()
    }

    private static func ask(_ socket: Messaging.Request, size: Int, roundTrips: Int) throws {
        let payload = Payload(size: size)
        var reader = PayloadReader(size: size)
        let usage = ResourceUsage.now
        let stopwatch = Stopwatch()
        for _ in 0..<roundTrips {
            try socket.send(copying: payload.next())
            try socket.receive { try reader.read($0) }
        }
        let microseconds = stopwatch.microseconds
        reader.finish()
        Report.latency(size: size, roundTrips: roundTrips, microseconds: microseconds)
        Report.cost(ResourceUsage.now.since(usage), count: roundTrips)
    }
}
