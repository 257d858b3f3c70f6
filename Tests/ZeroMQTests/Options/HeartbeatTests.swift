import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Heartbeats", .serialized)
struct HeartbeatTests {
    @Test("a silent peer is found out within interval and timeout")
    func silence() throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            #expect(dealer.options.heartbeat == nil)
            dealer.options.heartbeat = Heartbeat(
                interval: .milliseconds(40),
                timeout: .milliseconds(60),
                timeToLive: .milliseconds(1500)
            )
            let endpoint = try dealer.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: "\(endpoint)")
            try peer.shakeHands(as: "DEALER")
            let start = ContinuousClock.now
            let ping = try peer.receiveFrame()
            #expect(ping.flags == 4)
            #expect(ping.body == [4] + Array("PING".utf8) + [0, 15])
            let reason = dealer.events.first {
                if case .disconnected = $0 { true } else { false }
            }
            #expect(reason?.endpoint == endpoint && reason?.reason == .heartbeat)
            #expect(ContinuousClock.now - start >= .milliseconds(50))
            #expect(peer.waitForClose())
        }
    }

    @Test("every byte is life, be it no more than a part of a message")
    func life() throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            dealer.options.heartbeat = Heartbeat(
                interval: .milliseconds(20),
                timeout: .milliseconds(400)
            )
            let endpoint = try dealer.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: "\(endpoint)")
            try peer.shakeHands(as: "DEALER")
            // One byte per PING, for longer than the timeout: a long message, never complete.
            let bytes = Wire.frame([UInt8](repeating: 7, count: 60))
            for byte in bytes.dropLast() {
                _ = try peer.receiveFrame()
                #expect(peer.send([byte]))
            }
            #expect(peer.send([bytes[bytes.count - 1]]))
            #expect(try dealer.next().byteCount == 60)
            #expect(dealer.peerCount == 1)
        }
    }

    @Test("two sockets of ours with heartbeats stay together without a word", arguments: wires)
    func idle(endpoint: String) throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            let router = RouterSocket(context: context)
            let heartbeat = Heartbeat(interval: .milliseconds(5), timeout: .seconds(2))
            dealer.options.heartbeat = heartbeat
            router.options.heartbeat = heartbeat
            try dealer.connect(router.bind(endpoint))
            try dealer.waitForPeers(atLeast: 1, timeout: enough)
            let before = router.statistics.bytesReceived
            let deadline = ContinuousClock.now + enough
            while router.statistics.bytesReceived < before + 200, ContinuousClock.now < deadline {
                _ = dealer.events.next(timeout: .milliseconds(5))
            }
            #expect(router.statistics.bytesReceived >= before + 200)
            #expect(dealer.statistics.reconnects == 0 && dealer.peerCount == 1)
        }
    }

    @Test("values that cannot take effect are refused by name")
    func badValues() throws {
        let second = Duration.seconds(1)
        let bad = [
            Heartbeat(interval: .zero),
            Heartbeat(interval: second, timeout: .zero),
            Heartbeat(interval: second, timeToLive: .milliseconds(99)),
            Heartbeat(interval: second, timeToLive: .milliseconds(65_501)),
        ]
        try inContext { context in
            let socket = PullSocket(context: context)
            for heartbeat in bad {
                socket.options.heartbeat = heartbeat
                #expect(code { try socket.bind("tcp://127.0.0.1:*") } == .invalidOption)
            }
            socket.options.heartbeat = Heartbeat(
                interval: .milliseconds(1),
                timeToLive: .milliseconds(65_500)
            )
            try socket.bind("tcp://127.0.0.1:*")
        }
    }
}
