import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("The last message of a connection that ends while it is being read", .tags(.threads))
struct LastWordTests {
    /// A receiver that has run dry reads from the descriptor itself. Just then the time of a silent
    /// peer is over: that is seen to when the receiver is done, and what is said of it is not lost.
    @Test("a disconnect message is not lost", arguments: 0..<10)
    func disconnectMessage(round: Int) throws {
        // Now and then the loop has the descriptor when the receiver would read from it.
        for _ in 0..<10 {
            if try isSilentTooLongWhileReading() { return }
        }
        Issue.record("the peer was given up, or the receiver never read from the descriptor itself")
    }

    /// Whether the receiver was held up while it read. The message has to come in any case.
    private func isSilentTooLongWhileReading() throws -> Bool {
        let isHeldUp = Locked(false)
        let network = FaultyNetwork()
        try inContext(network) { context in
            let router = RouterSocket(context: context)
            router.options.routerNotices = .disconnected
            router.options.disconnectMessage = "gone"
            router.options.heartbeat = Heartbeat(
                interval: .milliseconds(20),
                timeout: .milliseconds(20)
            )
            let peer = try RawPeer(connectingTo: router.bind("tcp://127.0.0.1:*").description)
            try peer.shakeHands(as: "DEALER")
            // So many that the receiver expects more.
            for number in 0..<20 { peer.send(Wire.text("\(number)")) }
            while router.statistics.messagesQueuedToReceive < 20 { letPass(.milliseconds(1)) }
            for _ in 0..<20 { #expect(try router.tryReceive() != nil) }
            let application = SystemThread.currentIdentity
            network.beforeReceiving {
                guard SystemThread.currentIdentity == application, !isHeldUp.withLock({ $0 }) else {
                    return
                }
                // Long enough for the peer to be found dead, if that could be told now.
                letPass(.milliseconds(100))
                // It may have been just before this began, but not as a rule.
                var isDead = false
                while let event = router.events.tryNext() {
                    if case .disconnected = event { isDead = true }
                }
                isHeldUp.withLock { [isDead] in $0 = !isDead }
            }
            let early = try router.tryReceive()
            network.beforeReceiving {}
            // The peer may have been found dead before, if the machine has other things to do.
            let notice = try early ?? router.next()
            #expect(notice[1].isEmpty)
            #expect(try router.next()[1] == "gone")
        }
        return isHeldUp.withLock { $0 }
    }

    /// Raw bytes are for the loop alone: whoever else reads them takes them for frames.
    @Test("a receiver of raw bytes leaves the descriptor alone")
    func rawBytes() throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let stream = StreamSocket(context: context)
            let peer = try RawPeer(connectingTo: stream.bind("tcp://127.0.0.1:*").description)
            #expect(try stream.next()[1].isEmpty)
            for count in 1...20 {
                peer.send([UInt8(count)])
                while stream.statistics.messagesQueuedToReceive < count {
                    letPass(.milliseconds(1))
                }
            }
            let application = SystemThread.currentIdentity
            let intrusions = Locked(0)
            network.beforeReceiving {
                guard SystemThread.currentIdentity == application else { return }
                intrusions.withLock { $0 += 1 }
            }
            for count in 1...20 { #expect(try stream.tryReceive()?[1] == Frame([UInt8(count)])) }
            #expect(try stream.tryReceive() == nil)
            #expect(intrusions.withLock { $0 } == 0)
        }
    }
}
