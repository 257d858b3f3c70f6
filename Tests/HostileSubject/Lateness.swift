import ZeroMQ

/// How late calls return that somebody else has reason to delay.
struct Lateness {
    private var worst: [(call: String, duration: Duration)] = []

    /// Makes every call that a socket has, again and again for so many milliseconds.
    static func measure(_ socket: any Socket, milliseconds: Int) -> [String] {
        var lateness = Lateness()
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < end { lateness.callAll(socket) }
        return lateness.worst.map { "\($0.call) \($0.duration / .microseconds(1))" }
    }

    private mutating func callAll(_ socket: any Socket) {
        let limit = Duration.milliseconds(5)
        note("statistics") { _ = socket.statistics }
        if let receiving = socket as? any ReceivingSocket {
            for _ in 0..<20 { note("tryReceive") { _ = try? receiving.tryReceive() } }
            note("receive", limit) { _ = try? receiving.receive(timeout: limit) }
            let poller = Poller()
            poller.add(socket, for: .readable)
            note("wait", limit) { _ = try? poller.wait(timeout: limit) }
        }
        if let sending = socket as? any SendingSocket {
            for _ in 0..<20 { note("trySend") { _ = try? sending.trySend("message") } }
        }
        if let publishing = socket as? any PublishingSocket {
            note("waitForSubscribers", limit) {
                try? publishing.waitForSubscribers(atLeast: 9999, timeout: limit)
            }
            note("topicCount") { _ = publishing.topicCount }
        }
        guard let other = try? socket.bind("tcp://127.0.0.1:*") else { return }
        note("unbind") { try? socket.unbind(other) }
    }

    private mutating func note(_ call: String, _ limit: Duration = .zero, _ body: () -> Void) {
        let start = ContinuousClock.now
        body()
        let late = ContinuousClock.now - start - limit
        guard let index = worst.firstIndex(where: { $0.call == call }) else {
            return worst.append((call, late))
        }
        worst[index].duration = max(worst[index].duration, late)
    }
}
