import Testing
import ZeroMQProtocol

@Suite("Greeting")
struct GreetingTests {
    private let ready = RawPeer.ready("PUSH")

    @Test("our greeting equals the recorded one of a DEALER with identity A")
    func recordedGreeting() {
        var handshake = Handshake(kind: .dealer, identity: ascii("A"), limits: ProtocolLimits())
        let recorded = hex(
            """
            ff 00 00 00 00 00 00 00 02 7f 03 01 4e 55 4c 4c
            00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            """
        )
        #expect(handshake.opened() == recorded)
    }

    @Test("the padding announces the identity's length plus one, in 64 bits")
    func padding() {
        let identity = [UInt8](repeating: 0x61, count: 255)
        var handshake = Handshake(kind: .dealer, identity: identity, limits: ProtocolLimits())
        #expect(Array(handshake.opened()[0..<10]) == hex("ff 00 00 00 00 00 00 01 00 7f"))
    }

    @Test("a first byte of another protocol fails at once and says what was seen")
    func foreignProtocols() {
        let http = converse(.pull, ascii("GET / HTTP/1.0\r\n\r\n"))
        #expect(http.failure == .notZMTP(seen: .http))
        #expect(http.consumed == 1)
        let tls = converse(.pull, hex("16 03 01 02 00 01 00 01 fc 03 03"))
        #expect(tls.failure == .notZMTP(seen: .tls))
        #expect(converse(.pull, ascii("SSH-2.0-x")).failure == .notZMTP(seen: .ssh))
        #expect(converse(.pull, [0]).failure == .notZMTP(seen: .unknown(firstByte: 0)))
    }

    @Test("the hint names the foreign protocol")
    func foreignHints() {
        #expect(ProtocolError(.notZMTP(seen: .http)).hint?.contains("HTTP") == true)
        #expect(ProtocolError(.notZMTP(seen: .tls)).hint?.contains("TLS") == true)
    }

    @Test(
        "peers before 3.0 are refused on the byte that gives them away",
        arguments: [
            ("01 00", ProtocolVersion.zmtp10, 1),
            ("ff 00 00 00 00 00 00 00 01 00 41", .zmtp10, 10),
            ("ff 00 00 00 00 00 00 00 01 7f 00 05", .zmtp10, 11),
            ("ff 00 00 00 00 00 00 00 01 7f 01 02 00 00 00 01 41", .zmtp20, 11),
        ]
    )
    func legacyPeers(dump: String, version: ProtocolVersion, consumed: Int) {
        let dialogue = converse(.pull, hex(dump))
        #expect(dialogue.failure == .legacyPeer(version))
        #expect(dialogue.consumed == consumed)
    }

    @Test(
        "a higher version, and revision 2, count as 3.1",
        arguments: [(2, 0), (3, 1), (3, 2), (4, 0), (4, 7), (255, 255)] as [(UInt8, UInt8)]
    )
    func newerVersions(major: UInt8, minor: UInt8) {
        let dialogue = converse(.pull, RawPeer.greeting(major: major, minor: minor) + ready)
        #expect(dialogue.peer?.version == .zmtp31)
    }

    @Test("a 3.0 peer is known as such")
    func version30() {
        let bytes = RawPeer.greeting(minor: 0) + RawPeer.ready("SUB")
        #expect(converse(.publisher, bytes).peer?.version == .zmtp30)
    }

    @Test("padding, as-server and the upper bits of the signature's end are never judged")
    func meaninglessFields() {
        let padding = [UInt8](repeating: 0xaa, count: 8)
        #expect(converse(.pull, RawPeer.greeting(padding: padding) + ready).peer != nil)
        for byte: UInt8 in [0x01, 0x7f, 0xff] {
            #expect(converse(.pull, RawPeer.greeting(asServer: byte) + ready).peer != nil)
            #expect(converse(.pull, RawPeer.greeting(signatureEnd: byte) + ready).peer != nil)
        }
    }

    @Test(
        "a mechanism that differs in any of its 20 bytes is refused, naming both sides",
        arguments: [
            (ascii("null"), "null"),
            (ascii("PLAIN"), "PLAIN"),
            (hex("c3 28 ff fe"), "\\xc3(\\xff\\xfe"),
            (ascii("NULL\0x"), "NULL\\x00x"),
            ([], "(none)"),
        ] as [([UInt8], String)]
    )
    func mechanismMismatch(mechanism: [UInt8], shown: String) {
        let dialogue = converse(.pull, RawPeer.greeting(mechanism: mechanism) + ready)
        #expect(dialogue.failure == .mechanismMismatch(ours: "NULL", theirs: shown))
        #expect(dialogue.sent.count == 64)
    }

    @Test("READY leaves as soon as the mechanism is in, not before")
    func readyIsPrompt() {
        let bytes = RawPeer.greeting()
        let before = Dialogue(.pull, chunks: [Array(bytes[..<31])])
        let after = Dialogue(.pull, chunks: [Array(bytes[..<32])])
        #expect(before.sent.count == 64)
        #expect(Array(after.sent[64...]) == RawPeer.ready("PULL"))
    }

    @Test("no first two bytes of a greeting trap, and only ff goes on")
    func smallWorld() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let dialogue = Dialogue(.pull, chunks: [[first, second]])
                #expect((dialogue.outcome == .needMore) == (first == 0xff))
            }
        }
    }
}
