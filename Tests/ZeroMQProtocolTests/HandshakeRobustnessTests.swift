import Testing
import ZeroMQProtocol

@Suite("Handshake under random bytes")
struct HandshakeRobustnessTests {
    @Test("random bytes behind a greeting never trap")
    func randomCommands() {
        let seed = SeededGenerator.freshSeed()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...300, using: &generator)
            let chunk = RawPeer.greeting() + generator.bytes(count)
            #expect(Dialogue(.router, chunks: [chunk]).peer == nil, "seed \(seed)")
        }
    }

    @Test("one flipped bit never traps, and never changes who the peer is")
    func flippedBits() {
        let bytes =
            RawPeer.greeting()
            + RawPeer.ready("DEALER", RawPeer.property("Identity", "client"))
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let dialogue = Dialogue(.router, chunks: [flipped])
            if let peer = dialogue.peer { #expect(peer.kind == .dealer) }
        }
    }

    @Test("a handshake cut off anywhere waits for more")
    func cutOff() {
        let bytes = RawPeer.greeting() + RawPeer.ready("PUSH")
        for count in 0..<bytes.count {
            let dialogue = Dialogue(.pull, chunks: [Array(bytes[..<count])])
            #expect(dialogue.outcome == .needMore)
            #expect(dialogue.consumed == count)
        }
    }

    @Test("two of our own handshakes complete with each other, whatever travels at once")
    func twoOfOurs() {
        for size in 1...120 {
            var left = Handshake(kind: .dealer, identity: ascii("L"), limits: ProtocolLimits())
            var right = Handshake(kind: .router, identity: ascii("R"), limits: ProtocolLimits())
            var toRight = left.opened()
            var toLeft = right.opened()
            var leftOutcome = Handshake.Outcome.needMore
            var rightOutcome = Handshake.Outcome.needMore
            while !toRight.isEmpty || !toLeft.isEmpty {
                exchange(&toRight, size, into: &right, answer: &toLeft, outcome: &rightOutcome)
                exchange(&toLeft, size, into: &left, answer: &toRight, outcome: &leftOutcome)
            }
            #expect(Self.identity(leftOutcome) == ascii("R"))
            #expect(Self.identity(rightOutcome) == ascii("L"))
        }
    }

    private func exchange(
        _ link: inout [UInt8],
        _ size: Int,
        into handshake: inout Handshake,
        answer: inout [UInt8],
        outcome: inout Handshake.Outcome
    ) {
        guard !link.isEmpty else { return }
        let step = link.prefix(size).withUnsafeBytes { handshake.received($0) }
        link.removeFirst(step.consumed)
        answer += step.send
        outcome = step.outcome
    }

    private static func identity(_ outcome: Handshake.Outcome) -> [UInt8]? {
        if case .ready(let peer) = outcome { peer.identity } else { nil }
    }
}
