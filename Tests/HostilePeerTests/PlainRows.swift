import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, F: PLAIN and authentication")
struct PlainRows {
    private static let greeting = Wire.greeting(mechanism: Array("PLAIN".utf8))
    private static let initiate = Wire.command(
        "INITIATE",
        Wire.property("Socket-Type", Array("PUSH".utf8))
    )

    private static func hello(_ user: [UInt8], _ password: [UInt8]) -> [UInt8] {
        let data = [UInt8(user.count)] + user + [UInt8(password.count)] + password
        return Wire.command("HELLO", data)
    }

    private static func hello(_ user: String, _ password: String) -> [UInt8] {
        hello(Array(user.utf8), Array(password.utf8))
    }

    private func subject(
        at transport: String,
        _ numbers: [Setting.Key: Int] = [:]
    ) throws -> Subject {
        let security = [Setting.Key.security: SubjectSecurity.plainServer.rawValue]
        return try pullSubject(at: transport, numbers.merging(security) { $1 })
    }

    @Test("F01 HELLO, WELCOME, INITIATE, READY, and messages", arguments: transports)
    func accepted(transport: String) throws {
        let subject = try subject(at: transport)
        let bad = try subject.attack()
        bad.send(Self.greeting + Self.hello("a", "a"))
        _ = try bad.receive(64)
        #expect(try bad.receive(10) == Wire.hexadecimal("04 08 07 57 45 4c 43 4f 4d 45"))
        bad.send(Self.initiate)
        try subject.waitUntilReady()
        bad.send(Wire.text("A"))
        try subject.expectService(of: bad, delivering: ["A"])
    }

    static let bytes: [[UInt8]] = [
        [UInt8](repeating: 0x61, count: 255), [0], [0x61, 0, 0x62], [0xff, 0xfe], [],
    ]

    @Test("F05 name and password are bytes of any value", arguments: bytes, transports)
    func anyBytes(_ bytes: [UInt8], transport: String) throws {
        let subject = try subject(at: transport)
        // Another password by one byte, at its end.
        let wrong = bytes.count < 255 ? bytes + [0] : bytes.dropLast() + [0]
        let stranger = try subject.attack()
        stranger.send(Self.greeting + Self.hello(bytes, wrong))
        #expect(try subject.nextEnd() == .authenticationRefused(code: "400"))
        stranger.close()
        let bad = try subject.attack()
        bad.send(Self.greeting + Self.hello(bytes, bytes))
        _ = try bad.receive(64)
        _ = try bad.receiveFrame()
        bad.send(Self.initiate + Wire.text("A"))
        try subject.waitUntilReady()
        try subject.expectService(of: bad, delivering: ["A"])
    }

    static let rejections: [Rejection] = [
        Rejection("F02 a name longer than the frame", Wire.command("HELLO", [0xff, 0x61])) {
            $0 == .malformedCommand("HELLO")
        },
        Rejection("F02 no password", Wire.command("HELLO", [1, 0x61])) {
            $0 == .malformedCommand("HELLO")
        },
        Rejection("F02 a byte too many", Wire.command("HELLO", [1, 0x61, 1, 0x61, 0])) {
            $0 == .malformedCommand("HELLO")
        },
        Rejection("F03 a wrong password", hello("a", "b")) {
            $0 == .authenticationRefused(code: "400")
        },
        Rejection("F07 an authenticator that throws", hello("throw", "")) {
            $0 == .authenticationRefused(code: "500")
        },
        Rejection("F04 INITIATE first", initiate) { $0.isUnexpectedCommand },
        Rejection("F04 READY first", Wire.ready("PUSH")) { $0.isUnexpectedCommand },
        Rejection("F04 a message first", Wire.text("A")) { $0.isUnexpectedCommand },
        Rejection("F04 a message after HELLO", hello("a", "a") + Wire.text("A")) {
            $0.isUnexpectedCommand
        },
        Rejection("F04 HELLO twice", hello("a", "a") + hello("a", "a")) { $0.isUnexpectedCommand },
        Rejection("F11 another server", Wire.command("WELCOME")) {
            $0 == .roleConflict("servers") || $0.isUnexpectedCommand
        },
    ]

    @Test(
        "who does not say what is due, when it is due, is cut off",
        arguments: rejections,
        transports
    )
    func rejected(_ row: Rejection, transport: String) throws {
        let subject = try subject(at: transport)
        let bad = try subject.attack()
        bad.send(Self.greeting + row.bytes)
        try subject.expectRejection(of: bad, row.isExpected)
    }

    @Test("F04 an INITIATE without metadata, once it is due", arguments: transports)
    func emptyInitiate(transport: String) throws {
        let subject = try subject(at: transport)
        let bad = try subject.attack()
        bad.send(Self.greeting + Self.hello("a", "a"))
        _ = try bad.receive(64)
        _ = try bad.receiveFrame()
        bad.send(Wire.command("INITIATE"))
        try subject.expectRejection(of: bad) {
            if case .invalidMetadata = $0 { true } else { false }
        }
    }

    @Test("F06 an authenticator that does not answer delays nobody else", arguments: transports)
    func silent(transport: String) throws {
        let subject = try subject(at: transport, [.handshakeTimeout: 500])
        let bad = try subject.attack()
        bad.send(Self.greeting + Self.hello("mute", "mute"))
        try subject.exchange()
        try subject.expectRejection(of: bad) { $0 == .handshakeTimeout }
    }

    @Test(
        "F03 both spellings of ERROR tell our client that it is refused",
        arguments: ["04 0a 05 45 52 52 4f 52 03 34 30 30", "04 09 5e 52 52 4f 52 03 34 30 30"]
    )
    func refusedClient(_ error: String) throws {
        let server = try RawServer()
        let setting = Setting(
            .push,
            [.security: SubjectSecurity.plainClient.rawValue, .firstPause: 10, .lastPause: 400]
        )
        let push = try Remote(setting)
        try push.ask("connect", server.endpoint)
        for _ in 0..<2 {
            let peer = try server.accept()
            peer.send(Self.greeting)
            _ = try peer.receive(64)
            let hello = try peer.receiveFrame()
            #expect(hello.body == Array(Self.hello("good", "good").dropFirst(2)))
            peer.send(Wire.hexadecimal(error))
            #expect(try push.nextEnd() == .authenticationRefused(code: "400"))
            // The longest pause, less the jitter.
            let retry = try #require(try push.nextEvent())
            #expect(try #require(retry.pause) >= 200)
            #expect(peer.waitForClose())
        }
    }

    @Test("F11 a server that is a client learns that both are", arguments: ["PLAIN", "CURVE"])
    func twoClients(_ mechanism: String) throws {
        let server = try RawServer()
        let role = mechanism == "PLAIN" ? SubjectSecurity.plainClient : .curveClient
        let push = try Remote(Setting(.push, [.security: role.rawValue]))
        try push.ask("connect", server.endpoint)
        let peer = try server.accept()
        peer.send(Wire.greeting(mechanism: Array(mechanism.utf8)) + Self.hello("a", "b"))
        #expect(try push.nextEnd() == .roleConflict("clients"))
        #expect(peer.waitForClose())
    }
}

extension DisconnectReason {
    var isUnexpectedCommand: Bool {
        if case .unexpectedCommand = self { true } else { false }
    }
}
