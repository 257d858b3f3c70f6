import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A connection ends while an application thread is reading from it, and the next one of the same
/// endpoint is there before that thread is done.
@Suite("The late end of a connection", .serialized)
struct LateEndTests {
    private enum Place {
        case elsewhere, inside, released
    }

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

            let place = Locked(Place.elsewhere)
            let receiver = try Worker {
                let thread = SystemThread.currentIdentity
                network.beforeReceiving {
                    guard SystemThread.currentIdentity == thread else { return }
                    place.withLock { if $0 == .elsewhere { $0 = .inside } }
                    while place.withLock({ $0 == .inside }) { letPass(.milliseconds(1)) }
                }
                // A receiver reads by itself when it has run dry after a burst.
                while place.withLock({ $0 == .elsewhere }) {
                    for _ in 0..<20 { old.send(Wire.text("x")) }
                    while router.statistics.messagesQueuedToReceive < 20 {
                        letPass(.milliseconds(1))
                    }
                    for _ in 0..<20 { _ = try router.tryReceive() }
                    _ = try router.tryReceive()
                }
            }
            while place.withLock({ $0 == .elsewhere }) { letPass(.milliseconds(1)) }

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
            place.withLock { $0 = .released }
            try receiver.value()
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
