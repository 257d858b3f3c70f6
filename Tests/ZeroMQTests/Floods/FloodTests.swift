import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Peers decide how much they send. However much it is, calls are over when they should be.
@Suite("Floods", .serialized)
struct FloodTests {
    @Test("no call on a flooded socket is late", arguments: FloodedSocket.allCases, [1, 2])
    func punctual(kind: FloodedSocket, peers: Int) throws {
        guard peers <= kind.mostPeers else { return }
        let context = Context()
        let socket = try kind.make(context)
        socket.linger = .discard
        let endpoint = try socket.bind("tcp://127.0.0.1:*")
        let flood = try Flood(
            at: endpoint,
            peers: peers,
            as: kind.peerType,
            sending: kind.bytes
        )
        defer { flood.stop() }
        try socket.waitForPeers(atLeast: peers, timeout: enough)
        if let request = socket as? RequestSocket { try request.put("question") }
        let punctuality = try Punctuality()
        defer { punctuality.stop() }
        try #require(isFlooded(socket))

        try callEverything(socket, punctuality)
        // A caller that waits while the others come and go.
        let waiting = try Worker { [socket] in
            guard let receiving = socket as? any ReceivingSocket else { return }
            while true { _ = try receiving.receive() }
        }
        try callEverything(socket, punctuality)
        if peers == 1 {
            punctuality.check("close") { _ = socket.close() }
        } else {
            punctuality.check("shutDown") { context.shutDown() }
        }
        punctuality.check("the end of a call that waits") {
            _ = try? waiting.value()
        }
        context.shutDown()
    }

    /// Whether bytes come in earnest.
    private func isFlooded(_ socket: any Socket) -> Bool {
        let clock = SystemClock()
        let end = clock.now + enough
        while socket.statistics.bytesReceived < 50_000, clock.now < end {
            if let receiving = socket as? any ReceivingSocket { _ = try? receiving.tryReceive() }
        }
        return socket.statistics.bytesReceived >= 50_000
    }

    private func callEverything(_ socket: any Socket, _ punctuality: Punctuality) throws {
        punctuality.check("statistics") { _ = socket.statistics }
        if let receiving = socket as? any ReceivingSocket {
            let limit = Duration.milliseconds(100)
            for _ in 0..<3 {
                punctuality.check("receive", limit: limit) {
                    _ = try? receiving.receive(timeout: limit)
                }
            }
            var message = Message("")
            punctuality.check("receive(into:)", limit: limit) {
                try? receiving.receive(into: &message, timeout: limit)
            }
            for _ in 0..<20 {
                punctuality.check("tryReceive") { _ = try? receiving.tryReceive() }
            }
            let poller = Poller()
            poller.add(socket, for: .readable)
            punctuality.check("wait", limit: limit) { _ = try? poller.wait(timeout: limit) }
        }
        if let sending = socket as? any SendingSocket, !(socket is RequestSocket) {
            for _ in 0..<20 {
                punctuality.check("trySend") { _ = try? sending.trySend("message") }
            }
        }
        if let publishing = socket as? any PublishingSocket {
            let limit = Duration.milliseconds(100)
            punctuality.check("waitForSubscribers", limit: limit) {
                try? publishing.waitForSubscribers(atLeast: 9, timeout: limit)
            }
            punctuality.check("topicCount") { _ = publishing.topicCount }
        }
        let other = try punctuality.check("bind") { try socket.bind("tcp://127.0.0.1:*") }
        try punctuality.check("unbind") { try socket.unbind(other) }
        try punctuality.check("connect") { try socket.connect("tcp://127.0.0.1:9") }
        try punctuality.check("disconnect") { try socket.disconnect("tcp://127.0.0.1:9") }
        punctuality.check("statistics") { _ = socket.statistics }
    }
}
