import Testing
import ZeroMQProtocol

@Suite("NULL with an authenticator")
struct NullQuestionTests {
    private static let bytes = RawPeer.greeting() + RawPeer.ready("DEALER") + [0, 1, 0x78]

    @Test("our READY waits for the answer; the peer's does not have to", arguments: 1...120)
    func accepted(size: Int) {
        var handshake = Handshake(
            kind: .router,
            identity: [],
            security: .null(asksAuthenticator: true),
            limits: ProtocolLimits()
        )
        _ = handshake.opened()
        var asked = 0
        for start in stride(from: 0, to: Self.bytes.count, by: size) {
            let chunk = Self.bytes[start..<min(start + size, Self.bytes.count)]
            let step = chunk.withUnsafeBytes { handshake.received($0) }
            #expect(step.send.isEmpty)
            #expect(step.consumed == chunk.count)
            if case .ask(.null) = step.outcome { asked += 1 }
        }
        #expect(asked == 1)
        let answer = handshake.answered(.accepted)
        guard case .ready(let peer) = answer.outcome else {
            Issue.record("\(answer.outcome)")
            return
        }
        #expect(peer.kind == .dealer)
        #expect(answer.surplus == [0, 1, 0x78])
        #expect(!answer.send.isEmpty)
    }

    @Test("a refused peer never sees READY")
    func refused() {
        var interview = Interview(.router, .null(asksAuthenticator: true), verdict: .refused)
        _ = interview.takeSent()
        interview.receive(Self.bytes)
        #expect(interview.sent == RawPeer.error(ascii("400")))
        #expect(interview.failure == .authenticationRefused(code: "400"))
    }

    @Test("a peer that floods instead of waiting is cut off")
    func flood() {
        var handshake = Handshake(
            kind: .router,
            identity: [],
            security: .null(asksAuthenticator: true),
            limits: ProtocolLimits()
        )
        _ = handshake.opened()
        let flood = RawPeer.greeting() + [UInt8](repeating: 0, count: 70_000)
        let step = flood.withUnsafeBytes { handshake.received($0) }
        #expect(step.outcome == .failed(ProtocolError(.limitExceeded(.handshakeCommand))))
    }
}
