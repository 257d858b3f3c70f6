/// What it costs to wait for many sockets of which one is active.
enum Polling<Messaging: PerfMessaging> {
    /// Sends to one of so many sockets, waits for all of them, and receives, again and again.
    static func local(_ messaging: Messaging, sockets count: Int, rounds: Int) throws {
        let sockets = try (0..<count).map { number in
            let socket = try messaging.makePair()
            _ = try socket.bind("inproc://socket-\(number)")
            return socket
        }
        let sender = try messaging.makePair()
        try sender.connect("inproc://socket-\(count / 2)")
        let poller = messaging.makePoller(sockets)
        let bytes = [UInt8](repeating: 0, count: 16)
        func round() throws {
            try bytes.withUnsafeBytes { try sender.send(copying: $0) }
            let ready = try poller.wait()
            guard ready == 1 else { throw PerfFailure("\(ready) sockets are ready in place of 1") }
            try sockets[count / 2].receive { _ in }
        }
        // The first rounds find sockets that nobody has looked at yet.
        for _ in 0..<3 { try round() }
        let stopwatch = Stopwatch()
        for _ in 0..<rounds { try round() }
        Report.polling(sockets: count, rounds: rounds, microseconds: stopwatch.microseconds)
        sender.close()
        for socket in sockets { socket.close() }
        try messaging.shutDown()
    }
}
