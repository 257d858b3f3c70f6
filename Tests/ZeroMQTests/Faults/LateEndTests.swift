import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A connection ends while an application thread is reading from it, and the next one of the same
/// endpoint is there before that thread is done.
@Suite("The late end of a connection", .serialized, .tags(.threads))
struct LateEndTests {
    @Test("takes nothing away from the connection that came after it")
    func lateEnd() throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            router.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(1))
            let server = try RawServer()
            try router.connect(server.endpoint)
            let old = try server.accept()
            try old.shakeHands(as: "DEALER", identity: Array("A".utf8))
            try router.waitForPeers(atLeast: 1, timeout: enough)

            let receiver = try HeldThread(reading: router, from: old, in: network)
            // Somebody takes the name over: the connection is refused in the middle of a call.
            let heir = try RawPeer(connectingTo: "\(router.bind("tcp://127.0.0.1:*"))")
            try heir.shakeHands(as: "DEALER", identity: Array("A".utf8))
            let isRefused = router.events.first {
                if case .peerRefused = $0 { true } else { false }
            }
            #expect(isRefused != nil)
            // The next connection may come now, or has to wait for the end of the old one.
            var next = try? server.accept(milliseconds: 300)
            try next?.shakeHands(as: "DEALER", identity: Array("B".utf8))
            receiver.release()
            try receiver.finish()
            if next == nil {
                next = try server.accept()
                try next?.shakeHands(as: "DEALER", identity: Array("B".utf8))
            }
            router.isMandatory = true
            #expect(eventually { code { try router.put(["B", "hello"]) } == nil })
            #expect(try next?.receiveFrame().text == "hello")
            try router.put(["A", "hello, heir"])
            #expect(try heir.receiveFrame().text == "hello, heir")
        }
    }
}
