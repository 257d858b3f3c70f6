import Testing
import ZeroMQProtocol

@Suite("Handshake commands")
struct HandshakeCommandTests {
    private func afterGreeting(_ bytes: [UInt8]) -> Dialogue {
        converse(.publisher, RawPeer.greeting() + bytes)
    }

    @Test("the 65th property is one too many")
    func propertyLimit() {
        let one = RawPeer.property("X", "")
        let flood = (0..<10_000).flatMap { _ in one }
        #expect(afterGreeting(RawPeer.ready("SUB", flood)).failure == .limitExceeded(.properties))
        let most = (0..<63).flatMap { _ in one }
        #expect(afterGreeting(RawPeer.ready("SUB", most)).peer?.properties.count == 64)
        #expect(
            afterGreeting(RawPeer.ready("SUB", most + one)).failure == .limitExceeded(.properties)
        )
    }

    @Test("a command beyond the limit is refused on its header")
    func commandLimit() {
        for dump in [
            "06 00 00 00 00 00 01 00 01", "06 80 00 00 00 00 00 00 00",
            "06 ff ff ff ff ff ff ff ff",
        ] {
            let dialogue = afterGreeting(hex(dump) + ascii("READY"))
            #expect(dialogue.failure == .limitExceeded(.handshakeCommand))
            #expect(dialogue.consumed == 64 + 9)
        }
    }

    @Test("a run of ff after the greeting is refused on the first header")
    func runOfOnes() {
        let dialogue = afterGreeting([UInt8](repeating: 0xff, count: 32_768))
        #expect(dialogue.failure == .limitExceeded(.handshakeCommand))
        #expect(dialogue.consumed == 64 + 9)
    }

    @Test("a command of exactly the limit is read")
    func commandAtLimit() {
        var limits = ProtocolLimits()
        let ready = RawPeer.ready("SUB")
        limits.handshakeCommand = ready.count - 2
        let bytes = RawPeer.greeting() + ready
        #expect(converse(.publisher, limits: limits, bytes).peer != nil)
        limits.handshakeCommand -= 1
        let refused = converse(.publisher, limits: limits, bytes)
        #expect(refused.failure == .limitExceeded(.handshakeCommand))
    }

    @Test("the long form of a short READY is accepted")
    func longForm() {
        let bytes = RawPeer.command(
            "READY",
            RawPeer.property(RawPeer.socketType, "SUB"),
            long: true
        )
        #expect(afterGreeting(bytes).peer?.kind == .subscriber)
    }

    @Test("READY is accepted whatever its flags say", arguments: [0, 1, 4, 5, 0xfc] as [UInt8])
    func readyFlags(flags: UInt8) {
        let bytes = [flags] + RawPeer.ready("SUB").dropFirst()
        #expect(afterGreeting(bytes).peer?.kind == .subscriber)
    }

    @Test("a message instead of READY is unexpected")
    func messageInstead() {
        #expect(afterGreeting(hex("00 01 41")).failure == .unexpectedCommand(name: "a message"))
        #expect(afterGreeting(hex("00 00")).failure == .unexpectedCommand(name: "a message"))
        let ping = hex("00 07 04 50 49 4e 47 00 00")
        #expect(afterGreeting(ping).failure == .unexpectedCommand(name: "a message"))
    }

    @Test("any command but READY and ERROR is unexpected, and its name escaped")
    func otherCommands() {
        for name in ["PING", "HELLO", "ready", "READYX"] {
            let dialogue = afterGreeting(RawPeer.command(name, [0, 0]))
            #expect(dialogue.failure == .unexpectedCommand(name: name))
        }
        let rude = afterGreeting(RawPeer.command("\u{1b}[2J"))
        #expect(rude.failure == .unexpectedCommand(name: "\\x1b[2J"))
    }

    @Test("a command without a name is malformed", arguments: ["04 00", "04 01 00", "04 02 05 52"])
    func nameless(dump: String) {
        #expect(afterGreeting(hex(dump)).failure == .malformedCommand(name: "(unnamed)"))
    }

    @Test("ERROR is a refusal with the peer's text, escaped")
    func refusals() {
        let plain = afterGreeting(hex("04 0a 05 45 52 52 4f 52 03 34 30 30"))
        #expect(plain.failure == .refusedByPeer(reason: "400"))
        let reason = hex("1b 5b 32 4a 0a ff fe") + [UInt8](repeating: 0x78, count: 248)
        let shown = "\\x1b[2J\\x0a\\xff\\xfe" + String(repeating: "x", count: 248)
        #expect(afterGreeting(RawPeer.error(reason)).failure == .refusedByPeer(reason: shown))
    }

    @Test("ERROR whose text runs past its end is malformed")
    func malformedError() {
        for data in [[], [3, 0x34], [255]] as [[UInt8]] {
            let dialogue = afterGreeting(RawPeer.command("ERROR", data))
            #expect(dialogue.failure == .malformedCommand(name: "ERROR"))
        }
    }

    @Test("no command of up to two bytes traps or completes a handshake")
    func smallWorld() {
        let bytes = UInt8.min...UInt8.max
        let bodies = [[]] + bytes.map { [$0] } + bytes.flatMap { a in bytes.map { [a, $0] } }
        for body in bodies {
            let chunk = RawPeer.greeting() + RawPeer.frame(4, body)
            #expect(Dialogue(.publisher, chunks: [chunk]).failure != nil)
        }
    }

    @Test("every text of an error is printable")
    func printable() {
        for bytes in [RawPeer.error(hex("1b0aff")), RawPeer.command("\u{7}"), hex("04 00")] {
            let failure = afterGreeting(bytes).failure
            let text = failure.map { ProtocolError($0).description } ?? "\n"
            #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
    }
}
