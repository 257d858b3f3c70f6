/// Many peers that connect at once to a ROUTER, and of which one in a hundred then speaks.
enum CrowdCell<Messaging: PerfMessaging> {
    static func serve(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        try ProcessLimits.requireDescriptors(cell.count)
        let router = try messaging.makeRouter()
        conductor.offer(try router.bind(cell.endpoint(process: ProcessLimits.identifier)))
        let before = try ProcessLimits.residentBytes()
        try conductor.begin()
        let start = MonotonicClock.now
        try router.waitForPeers(cell.count)
        let nanoseconds = MonotonicClock.now - start
        let after = try ProcessLimits.residentBytes()
        try conductor.end(.storm)
        conductor.report(count: cell.count, nanoseconds: nanoseconds, .storm)
        conductor.report(.memory, Double(after - before) / Double(cell.count), .storm)
        try Answers.run(router, size: cell.size)
        try conductor.begin()
        try Answers.run(router, size: cell.size)
        try conductor.end()
        router.close()
    }

    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        try ProcessLimits.requireDescriptors(cell.count)
        let endpoint = try conductor.takeEndpoint()
        let (idle, speaking) = (try messaging.makeDealer(), try messaging.makeDealer())
        let active = max(1, cell.count / 100)
        try conductor.begin()
        for number in 0..<cell.count {
            try (number < active ? speaking : idle).connect(endpoint, from: number)
        }
        try conductor.end(.storm)
        var window = Window(size: cell.size, count: active)
        _ = try window.run(speaking, milliseconds: cell.warmUp)
        try conductor.begin()
        let nanoseconds = try window.run(speaking, milliseconds: cell.duration)
        try conductor.end()
        conductor.report(count: window.count, nanoseconds: nanoseconds)
        for socket in [idle, speaking] { socket.close() }
    }
}

extension PerfSocket {
    /// Connects from a loopback address that no other number has.
    ///
    /// A DEALER of libzmq makes no second connection to the same endpoint, but this makes it
    /// another one.
    fileprivate func connect(_ endpoint: String, from number: Int) throws {
        let source = "127.1.\(number / 250).\(number % 250 + 1):0"
        let destination = endpoint.dropFirst("tcp://".count)
        try connect("tcp://\(source);\(destination)")
    }
}
