import Testing
import ZeroMQCrypto
import ZeroMQProtocol

@Suite("CURVE messages")
struct CurveTrafficTests {
    /// Both ends of a connection whose handshake is complete.
    private func connection() throws -> (client: CurveTraffic, server: CurveTraffic) {
        var client = Interview(.dealer, .transcriptClient)
        var server = Interview(.router, .transcriptServer)
        Interview.introduce(&client, &server)
        return (try client.traffic(), try server.traffic())
    }

    @Test("frames of all sizes and flags go both ways")
    func sizes() throws {
        var (client, server) = try connection()
        var random = SeededGenerator(seed: 9)
        for count in [0, 1, 15, 16, 31, 32, 221, 222, 223, 255, 256, 479, 1000, 65_536] {
            let body = random.bytes(count)
            for flags: FrameFlags in [[], .more, .command] {
                let forth = client.sender.sealed(body, flags)
                #expect(forth[0] & ~2 == 0)
                #expect(try server.receiver.opened(forth) == Opened(flags: flags, body: body))
                let back = server.sender.sealed(body, flags)
                #expect(try client.receiver.opened(back) == Opened(flags: flags, body: body))
            }
        }
    }

    @Test("a message that is repeated, or comes after a later one, is refused")
    func sequence() throws {
        var (client, server) = try connection()
        let messages = (0..<3).map { client.sender.sealed([UInt8($0)], []) }
        #expect(try server.receiver.opened(messages[1]).body == [1])
        for late in [messages[0], messages[1]] {
            #expect(throws: ProtocolError(.invalidSequence)) { try server.receiver.opened(late) }
        }
        #expect(try server.receiver.opened(messages[2]).body == [2])
    }

    @Test("a message is worth nothing in the other direction")
    func reflection() throws {
        var (client, _) = try connection()
        let message = client.sender.sealed(ascii("to you"), [])
        #expect(throws: ProtocolError(.cryptographic)) { try client.receiver.opened(message) }
    }

    @Test("no single bit of a message may change, and none that was refused moves the counter")
    func flipped() throws {
        var (client, server) = try connection()
        let message = client.sender.sealed([UInt8](repeating: 7, count: 64), [])
        let body = Array(message.dropFirst(2))
        for bit in 0..<body.count * 8 {
            var forged = body
            forged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ProtocolError.self) { try server.receiver.open(body: forged) }
        }
        #expect(try server.receiver.open(body: body).body.count == 64)
    }

    @Test("a frame in clear, a short one, and one of the smallest size")
    func lengths() throws {
        var (client, server) = try connection()
        let notEncrypted = ProtocolError(.unexpectedCommand(name: "a frame that is not encrypted"))
        for body in [[], ascii("hello, world"), [4] + ascii("PING") + [0, 0, 0, 0, 0]] {
            #expect(throws: (any Error).self) { try server.receiver.open(body: body) }
        }
        let long = ascii("a message in clear that is longer than the overhead")
        #expect(throws: notEncrypted) { try server.receiver.open(body: long) }
        let empty = Array(client.sender.sealed([], []).dropFirst(2))
        #expect(empty.count == 33)
        #expect(throws: (any Error).self) { try server.receiver.open(body: empty.dropLast()) }
        #expect(try server.receiver.open(body: empty).body == [])
    }

    @Test("flags inside the box other than MORE and COMMAND are ignored")
    func innerFlags() throws {
        for (inner, flags): (UInt8, FrameFlags) in [
            (1, .more), (2, .command), (4, []), (0xfc, []), (0xff, [.more, .command]),
        ] {
            var (_, server) = try connection()
            let sealed = Self.boxed([inner] + ascii("x"), counter: 1003)
            #expect(
                try server.receiver.open(body: sealed) == Opened(flags: flags, body: ascii("x"))
            )
        }
    }

    @Test("the greatest nonce is the last")
    func exhaustion() throws {
        var (client, server) = try connection()
        let last = Self.boxed([0] + ascii("last"), counter: .max)
        #expect(try server.receiver.open(body: last).body == ascii("last"))
        let next = Array(client.sender.sealed(ascii("next"), []).dropFirst(2))
        #expect(throws: ProtocolError(.invalidSequence)) { try server.receiver.open(body: next) }
        #expect(!client.sender.isExhausted)
    }

    /// The body of a MESSAGE from the transcript's client, made without the code under test.
    private static func boxed(_ content: [UInt8], counter: UInt64) -> [UInt8] {
        let key = hex("ec88f6e13b22bf9f04d480e0d8525c08ac7e2f48e212742bcbcafa104a74b08d")
        guard let bytes = Bytes32(key) else { return [] }
        let nonce = Nonce(NoncePrefix("CurveZMQMESSAGEC"), counter: counter)
        let wire = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * $0)) }
        return [7] + ascii("MESSAGE") + wire + SharedKey(bytes).seal(content, nonce: nonce)
    }
}
