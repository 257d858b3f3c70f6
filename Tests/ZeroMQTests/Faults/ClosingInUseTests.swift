import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A connection that is to end while an application thread is using its descriptor.
///
/// That thread is held up in the middle of the call until the end was asked for, and longer,
/// enough for an end that does not wait for it.
@Suite("The end of a connection that somebody is using", .serialized, .tags(.threads))
struct ClosingInUseTests {
    /// Which end the thread is held up in, and who asks for the end how.
    enum Ending: CaseIterable {
        case shutDown, close, disconnect
    }

    @Test(
        "nothing is over before all descriptors are closed, and nothing is left behind",
        arguments: [true, false],
        Ending.allCases
    )
    func writing(connects: Bool, ending: Ending) throws {
        let network = FaultyNetwork()
        let context = Context(core: ContextCore(options: ContextOptions(), network: network))
        let dealer = DealerSocket(context: context)
        let router = RouterSocket(context: context)
        dealer.options.routingID = "dealer"
        (dealer.linger, router.linger) = (.discard, .discard)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        try dealer.connect(endpoint)
        try router.waitForPeers(atLeast: 1, timeout: enough)
        try dealer.waitForPeers(atLeast: 1, timeout: enough)
        let socket: any SendingSocket = connects ? dealer : router
        weak let pipe = socket.handle.core.withSender { $0.pipes.pipes[0].farEnd as? SessionPipe }
        #expect(network.openChannels == 2 && pipe != nil)

        let sender = try HeldThread(in: network, during: .sending) {
            // A write needs a pause before it, or the loop makes it.
            letPass(.milliseconds(1))
            _ = try socket.trySend(connects ? "x" : ["dealer", "x"])
        }

        let closer = try end(sender, in: network) {
            switch ending {
            case .shutDown: context.shutDown()
            case .close: socket.close()
            case .disconnect:
                if connects { try dealer.disconnect(endpoint) } else { try router.unbind(endpoint) }
                context.shutDown()
            }
        }
        // Who closes one of two sockets leaves the other its descriptor, until that learns of it.
        #expect(try closer.value() <= (ending == .close ? 1 : 0))
        try sender.finish()
        context.shutDown()
        #expect(network.openChannels == 0)
        #expect(pipe == nil)
    }

    /// Asks for the end on a thread of its own, sees that it waits, and lets the other thread go.
    /// The value is how many descriptors there were when the end was said to be over.
    private func end(
        _ thread: HeldThread,
        in network: FaultyNetwork,
        by asking: @escaping @Sendable () throws -> Void
    ) throws -> Worker<Int> {
        let isOver = Locked(false)
        let closer = try Worker {
            try asking()
            isOver.withLock { $0 = true }
            return network.openChannels
        }
        let start = ContinuousClock.now
        while !isOver.withLock({ $0 }), ContinuousClock.now - start < .milliseconds(200) {
            letPass(.milliseconds(1))
        }
        #expect(!isOver.withLock { $0 })
        thread.release()
        return closer
    }

    @Test("a receiver in the middle of reading is waited for as well")
    func reading() throws {
        let network = FaultyNetwork()
        let context = Context(core: ContextCore(options: ContextOptions(), network: network))
        let pull = PullSocket(context: context)
        let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
        try peer.shakeHands(as: "PUSH")
        try pull.waitForPeers(atLeast: 1, timeout: enough)
        weak let pipe = pull.handle.core.withSender { $0.pipes.pipes[0].farEnd as? SessionPipe }
        #expect(pipe != nil)
        let receiver = try HeldThread(reading: pull, from: peer, in: network)
        let closer = try end(receiver, in: network) { context.shutDown() }
        #expect(try closer.value() == 0)
        let outcome = code { try receiver.finish() }
        #expect(outcome == nil || outcome == .contextShutDown)
        #expect(pipe == nil)
    }
}
