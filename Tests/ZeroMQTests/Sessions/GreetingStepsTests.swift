import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("The greeting goes out in two steps")
struct GreetingStepsTests {
    @Test("a peer of ZMTP 2.0 that will have the signature first is refused by its version")
    func legacy() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            #expect(try peer.receive(10) == Wire.signature)
            // More at once, and it would go without a word.
            #expect(peer.isSilent(milliseconds: 20))
            peer.send(Wire.signature + [1, 8, 0, 0])
            let failure = pull.events.first {
                if case .handshakeFailed = $0 { true } else { false }
            }
            guard case .handshakeFailed(_, .legacyPeer(let version)) = failure else {
                Issue.record("\(failure.map { "\($0)" } ?? "no event")")
                return
            }
            #expect(version == "2.0")
            #expect(peer.waitForClose())
        }
    }

    @Test("the rest follows the peer's version, and does not wait for more")
    func steps() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            #expect(try peer.receive(10) == Wire.signature)
            peer.send(Wire.signature + [3])
            #expect(try peer.receive(54).prefix(6) == [3, 1] + Array("NULL".utf8))
        }
    }

    @Test("a peer that says nothing before it has seen the whole greeting gets it")
    func waiting() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let peer = try RawPeer(connectingTo: "\(pull.bind("tcp://127.0.0.1:*"))")
            #expect(try peer.receive(64).prefix(10) == Wire.signature[...])
            peer.send(Wire.greeting() + Wire.ready("PUSH"))
            _ = try peer.receiveFrame()
            peer.send(Wire.text("late"))
            #expect(try pull.next() == "late")
        }
    }
}
