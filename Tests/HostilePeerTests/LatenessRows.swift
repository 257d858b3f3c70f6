import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, whose floods make no call late", .serialized)
struct LatenessRows {
    /// What two peers of a socket send without end.
    struct Flood: Sendable, CustomTestStringConvertible {
        let kind: Setting.Kind
        let peer: String
        let bytes: [UInt8]

        var testDescription: String { "\(kind) from \(peer)" }
    }

    private static let toggle = Wire.subscribe([0x61]) + Wire.cancel([0x61])
    private static let oldToggle = Wire.frame([1, 0x61]) + Wire.frame([0, 0x61])

    static let floods = [
        Flood(kind: .reply, peer: "DEALER", bytes: Wire.frame([])),
        Flood(kind: .router, peer: "DEALER", bytes: Wire.frame([1])),
        Flood(kind: .dealer, peer: "DEALER", bytes: Wire.frame([1])),
        Flood(kind: .pull, peer: "PUSH", bytes: Wire.ping(context: [1])),
        Flood(kind: .subscriber, peer: "PUB", bytes: Wire.frame([1])),
        Flood(kind: .xSubscriber, peer: "PUB", bytes: Wire.frame([1])),
        Flood(kind: .request, peer: "ROUTER", bytes: Wire.frame([1])),
        Flood(kind: .push, peer: "PULL", bytes: Wire.frame([1])),
        Flood(kind: .publisher, peer: "SUB", bytes: toggle),
        Flood(kind: .publisher, peer: "SUB", bytes: oldToggle),
        Flood(kind: .xPublisher, peer: "SUB", bytes: toggle),
        Flood(kind: .xPublisher, peer: "SUB", bytes: oldToggle),
    ]

    /// By how much a call may miss its limit. What is not optimised, and shares its processors with
    /// the builds of others, takes many times as long.
    private static let bound: Duration = {
        #if DEBUG
        .seconds(3)
        #else
        .milliseconds(50)
        #endif
    }()

    @Test("a call returns in time, whatever two peers send meanwhile", arguments: floods)
    func late(flood: Flood) throws {
        let remote = try Remote(Setting(flood.kind))
        let endpoint = try remote.ask("bind", transports[0])[0]
        let block = Array(repeatElement(flood.bytes, count: 65_536 / flood.bytes.count).joined())
        let peers = try (0..<2).map { _ in
            let peer = try RawPeer(connectingTo: endpoint)
            try peer.shakeHands(as: flood.peer)
            return peer
        }
        // They send until the subject, which does not read all of it, is gone.
        let flooding = peers.map { peer in
            Background { while peer.send(block, milliseconds: 2000) {} }
        }
        for line in try remote.ask("late", "1000") {
            let words = line.split(separator: " ")
            let late = Duration.microseconds(Double(words[1]) ?? .infinity)
            #expect(late < Self.bound, "\(words[0])")
        }
        try remote.ask("close")
        for work in flooding { #expect(work.wait()) }
    }
}
