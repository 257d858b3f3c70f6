import Testing
import ZeroMQCrypto
import ZeroMQProtocol

@Suite("PLAIN")
struct PlainTests {
    private static let greeting = RawPeer.greeting(mechanism: ascii("PLAIN"))
    private static let hello =
        hex("04 13 05 48 45 4c 4c 4f 05") + ascii("admin") + [6]
        + ascii("secret")
    private static let welcome = hex("04 08 07 57 45 4c 43 4f 4d 45")
    private static let initiate = RawPeer.command(
        "INITIATE",
        RawPeer.property("Socket-Type", "PUSH")
    )

    private func server(_ verdict: Verdict = .accepted) -> Interview {
        var server = Interview(.pull, .plainServer, verdict: verdict)
        server.receive(Self.greeting)
        _ = server.takeSent()
        return server
    }

    private func client() -> Interview {
        var client = Interview(.push, .plainClient(ascii("admin"), ascii("secret")))
        client.receive(Self.greeting)
        _ = client.takeSent()
        return client
    }

    @Test("a server says the bytes that libzmq says, and tells who came")
    func serverBytes() {
        var server = server()
        server.receive(Self.hello)
        #expect(server.asked == [.plain(user: ascii("admin"), password: ascii("secret"))])
        #expect(server.takeSent() == Self.welcome)
        server.receive(Self.initiate + [0, 1, 0x78])
        #expect(server.takeSent() == RawPeer.ready("PULL"))
        #expect(server.peer?.kind == .push)
        #expect(server.surplus == [0, 1, 0x78])
    }

    @Test("a client says the bytes that libzmq says")
    func clientBytes() {
        var client = Interview(.push, .plainClient(ascii("admin"), ascii("secret")))
        let greeting = client.takeSent()
        #expect(Array(greeting[12..<32]) == ascii("PLAIN") + RawPeer.zeros(15))
        #expect(greeting[32] == 0)
        client.receive(Self.greeting)
        #expect(client.takeSent() == Self.hello)
        client.receive(Self.welcome)
        #expect(client.takeSent() == Self.initiate)
        client.receive(RawPeer.ready("PULL"))
        #expect(client.peer?.kind == .pull)
    }

    @Test("credentials are bytes of any value and of up to 255")
    func anyBytes() {
        let long = [UInt8](repeating: 0x80, count: 255)
        for (user, password) in [(long, long), ([0, 1, 0xff, 0xfe], [0xff, 0xfe, 0]), ([], [])] {
            var client = Interview(.push, .plainClient(user, password))
            var server = Interview(.pull, .plainServer)
            Interview.introduce(&client, &server)
            #expect(server.asked == [.plain(user: user, password: password)])
            #expect(client.peer?.kind == .pull)
            #expect(server.peer?.kind == .push)
        }
    }

    @Test(
        "a malformed HELLO is refused before anybody is asked",
        arguments: [
            "05 48 45 4c 4c 4f", "05 48 45 4c 4c 4f ff 61", "05 48 45 4c 4c 4f 01 61",
            "05 48 45 4c 4c 4f 01 61 02 62", "05 48 45 4c 4c 4f 01 61 01 62 00",
        ]
    )
    func malformedHello(_ dump: String) {
        var server = server()
        server.receive(RawPeer.frame(4, hex(dump)))
        #expect(server.failure == .malformedCommand(name: "HELLO"))
        #expect(server.asked.isEmpty)
        #expect(server.sent.isEmpty)
    }

    @Test("the HELLO of libzmq 4.3.0, which is called WELCOME, is understood")
    func misnamedHello() {
        var server = server()
        server.receive(RawPeer.frame(4, hex("05 57 45 4c 43 4f 4d 45 01 61 01 62")))
        #expect(server.asked == [.plain(user: ascii("a"), password: ascii("b"))])
    }

    @Test("a step that is missing, early or repeated ends the handshake")
    func outOfOrder() {
        for bytes in [Self.initiate, RawPeer.ready("PUSH"), Self.welcome, [0, 1, 0x61]] {
            var server = server()
            server.receive(bytes)
            #expect(server.failure != nil)
            #expect(server.asked.isEmpty)
        }
        for bytes in [Self.hello, RawPeer.ready("PUSH"), [0, 1, 0x61]] {
            var server = server()
            server.receive(Self.hello)
            server.receive(bytes)
            #expect(server.failure != nil)
        }
        // What follows HELLO at once has not waited for WELCOME.
        var hasty = server()
        hasty.receive(Self.hello + Self.initiate)
        #expect(hasty.failure == .unexpectedCommand(name: "something before our answer"))
        var client = client()
        client.receive(RawPeer.ready("PULL"))
        #expect(client.failure == .unexpectedCommand(name: "READY"))
    }

    @Test("a refused client gets its status code, and a patient one gets silence")
    func refusals() {
        for (verdict, text) in [(Verdict.refused, "400"), (.failed, "500")] {
            var server = server(verdict)
            server.receive(Self.hello)
            #expect(server.takeSent() == RawPeer.error(ascii(text)))
            #expect(server.failure == .authenticationRefused(code: text))
        }
        var patient = server(.retryLater)
        patient.receive(Self.hello)
        #expect(patient.sent.isEmpty)
        #expect(patient.failure == .authenticationRefused(code: "300"))
    }

    @Test(
        "a client understands ERROR in both spellings",
        arguments: [
            "04 0a 05 45 52 52 4f 52 03 34 30 30", "04 09 5e 52 52 4f 52 03 34 30 30",
        ]
    )
    func errors(_ dump: String) {
        var client = client()
        client.receive(hex(dump))
        #expect(client.failure == .authenticationRefused(code: "400"))
        var later = self.client()
        later.receive(Self.welcome)
        later.receive(hex(dump))
        #expect(later.failure == .authenticationRefused(code: "400"))
    }

    @Test("ERROR with another text, and one cut short")
    func otherErrors() {
        var client = client()
        client.receive(RawPeer.error(ascii("busy")))
        #expect(client.failure == .refusedByPeer(reason: "busy"))
        var short = self.client()
        short.receive(hex("04 07 05 45 52 52 4f 52 03"))
        #expect(short.failure == .malformedCommand(name: "ERROR"))
    }

    @Test("two clients and two servers are told what is wrong")
    func roles() {
        var left = Interview(.pair, .plainClient([], []))
        var right = Interview(.pair, .plainClient([], []))
        Interview.introduce(&left, &right)
        #expect(left.failure == .roleConflict(.clients))
        #expect(right.failure == .roleConflict(.clients))
        var first = Interview(.pair, .plainServer)
        var second = Interview(.pair, .plainServer)
        Interview.introduce(&first, &second)
        let lateness = [first.handshake.lateness, second.handshake.lateness]
        #expect(lateness.allSatisfy { $0.reason == .roleConflict(.servers) })
    }

    @Test("a peer with another mechanism, or from before 3.0, is refused")
    func downgrade() {
        for name in ["NULL", "CURVE", "PLAIN2", "plain"] {
            var server = Interview(.pull, .plainServer)
            server.receive(RawPeer.greeting(mechanism: ascii(name)))
            #expect(server.failure == .mechanismMismatch(ours: "PLAIN", theirs: name))
        }
        var server = Interview(.pull, .plainServer)
        server.receive(RawPeer.greeting(mechanism: ascii("PLAIN"), major: 1))
        #expect(server.failure == .legacyPeer(.zmtp20))
    }
}
