/// What peers cost that do nothing.
enum Idle<Messaging: PerfMessaging> {
    /// Waits until so many peers are connected and reports the memory that each of them takes.
    static func local(_ messaging: Messaging, _ endpoint: String, peers: Int) throws {
        ProcessLimits.raiseDescriptorLimit()
        let socket = try messaging.makePull()
        _ = try socket.bind(endpoint)
        let before = try ProcessLimits.residentBytes()
        try socket.waitForPeers(peers)
        let after = try ProcessLimits.residentBytes()
        print("rss per peer: \((after - before) / peers) [B]")
        socket.close()
        try messaging.shutDown()
    }

    /// Makes so many connections and holds them until the standard input ends.
    static func remote(_ messaging: Messaging, _ endpoint: String, peers: Int) throws {
        ProcessLimits.raiseDescriptorLimit()
        // A PUSH makes a connection of its own for every connect, also to the same endpoint.
        let socket = try messaging.makePush()
        for _ in 0..<peers { try socket.connect(endpoint) }
        ProcessLimits.waitForEndOfInput()
        socket.close()
        try messaging.shutDown()
    }
}
