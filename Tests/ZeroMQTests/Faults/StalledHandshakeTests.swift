import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("Hostile peers, B: handshakes that cannot be written")
struct StalledHandshakeTests {
    @Test("B19 a peer that takes not one byte of ours is cut off when the limit is over")
    func mute() throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            network.takeNothing()
            let pull = PullSocket(context: context)
            pull.options.handshakeTimeout = .milliseconds(300)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let bad = try RawPeer(connectingTo: endpoint.description)
            let start = ContinuousClock.now
            bad.send(Wire.greeting() + Wire.ready("PUSH") + Wire.text("stranger"))
            let end = pull.events.first {
                switch $0 {
                case .handshakeSucceeded, .handshakeFailed, .disconnected: true
                default: false
                }
            }
            #expect(end?.endpoint == endpoint && end?.reason == .handshakeTimeout)
            #expect(ContinuousClock.now - start > .milliseconds(250))
            #expect(try pull.tryReceive() == nil)
            #expect(bad.waitForClose())
        }
    }

    @Test("a handshake that leaves byte by byte is completed, and nothing behind it is lost")
    func slow() throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            network.limit(to: .one)
            let pull = PullSocket(context: context)
            let bad = try RawPeer(connectingTo: pull.bind("tcp://127.0.0.1:*").description)
            bad.send(Wire.greeting() + Wire.ready("PUSH") + Wire.text("behind"))
            #expect(try pull.next() == "behind")
        }
    }
}

/// Runs a test in a context of its own that has this network.
func inContext(_ network: FaultyNetwork, _ body: (Context) throws -> Void) throws {
    let context = Context(core: ContextCore(options: ContextOptions(), network: network))
    defer { context.shutDown() }
    try body(context)
}
