import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

/// One input from a stranger that must be cut off with a reason.
struct Rejection: Sendable, CustomTestStringConvertible {
    let row: String
    let bytes: [UInt8]
    let isExpected: @Sendable (DisconnectReason) -> Bool

    init(
        _ row: String,
        _ bytes: [UInt8],
        _ isExpected: @escaping @Sendable (DisconnectReason) -> Bool
    ) {
        (self.row, self.bytes, self.isExpected) = (row, bytes, isExpected)
    }

    var testDescription: String { row }
}

/// One handshake that must succeed although it is odd.
struct Acceptance: Sendable, CustomTestStringConvertible {
    let row: String
    let bytes: [UInt8]

    init(_ row: String, _ bytes: [UInt8]) { (self.row, self.bytes) = (row, bytes) }

    var testDescription: String { row }
}

private let pushReady = Wire.ready("PUSH")

@Suite("Hostile peers, A: greeting")
struct GreetingRows {
    static let rejections = [
        Rejection("A03 HTTP", Array("GET / HTTP/1.0\r\n\r\n".utf8)) {
            if case .notZMTP(let seen) = $0 { seen.contains("HTTP") } else { false }
        },
        Rejection("A04 TLS", tlsHello) {
            if case .notZMTP(let seen) = $0 { seen.contains("TLS") } else { false }
        },
        Rejection("A05 a long frame of ZMTP 1.0", Wire.hexadecimal("ff 00 00 00 00 00 00 00 01 00"))
        {
            if case .legacyPeer = $0 { true } else { false }
        },
        Rejection(
            "A06 ZMTP 2.0",
            Wire.signature + Wire.hexadecimal("01 02 00 00 00 01 41")
        ) {
            if case .legacyPeer = $0 { true } else { false }
        },
        Rejection("A06 as soon as the revision is in", Wire.signature + [1]) {
            if case .legacyPeer = $0 { true } else { false }
        },
        Rejection("A09 mechanism in lower case", Wire.greeting(mechanism: Array("null".utf8))) {
            if case .mechanismMismatch("NULL", "null") = $0 { true } else { false }
        },
        Rejection(
            "A10 mechanism of control bytes",
            Wire.greeting(mechanism: [0xc3, 0x28, 0xff, 0xfe])
        ) {
            if case .mechanismMismatch(_, let theirs) = $0 { theirs.isPrintable } else { false }
        },
        Rejection("A16 32 KiB of ff", Wire.greeting() + [UInt8](repeating: 0xff, count: 32768)) {
            if case .limitExceeded = $0 { true } else { false }
        },
        Rejection("A17 PLAIN against NULL", Wire.greeting(mechanism: Array("PLAIN".utf8))) {
            $0 == .mechanismMismatch(ours: "NULL", theirs: "PLAIN")
        },
    ]

    static let tlsHello: [UInt8] = {
        var random = SeededGenerator(seed: 4)
        return Wire.hexadecimal("16 03 01 02 00 01 00 01 fc 03 03") + random.bytes(500)
    }()

    @Test("a stranger that cannot be a ZMTP 3 peer is cut off", arguments: rejections, transports)
    func rejected(_ row: Rejection, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(row.bytes)
        try subject.expectRejection(of: bad, row.isExpected)
    }

    @Test("A03 A04 the reason survives a stranger that closes at once", arguments: rejections)
    func rejectedAfterClose(_ row: Rejection) throws {
        let subject = try pullSubject(at: transports[0])
        let bad = try subject.attack()
        bad.send(row.bytes)
        bad.close()
        let reason = try subject.nextEnd()
        #expect(row.isExpected(reason), "\(reason)")
    }

    static let acceptances: [Acceptance] =
        [
            Acceptance("A08 version 3.0", Wire.greeting(minor: 0)),
            Acceptance("version 9.9", Wire.greeting(major: 9, minor: 9)),
            Acceptance(
                "A12 padding of aa",
                [0xff] + [UInt8](repeating: 0xaa, count: 8) + Wire.greeting()[9...]
            ),
            Acceptance(
                "A13 signature ends in ff",
                Wire.greeting()[..<9] + [0xff] + Wire.greeting()[10...]
            ),
        ] + [1, 0x7f, 0xff].map { Acceptance("A11 as-server \($0)", Wire.greeting(asServer: $0)) }

    @Test("a greeting is not judged by fields without meaning", arguments: acceptances, transports)
    func accepted(_ row: Acceptance, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(row.bytes + pushReady)
        try subject.waitUntilReady()
        bad.send(Wire.text("A"))
        try subject.expectService(of: bad, delivering: ["A"])
    }

    @Test("A07 A13 what may be refused or served does no harm", arguments: doubts, transports)
    func doubtful(_ row: Acceptance, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(row.bytes + pushReady)
        let outcome = try subject.remote.nextOutcome()
        if let reason = outcome {
            guard case .legacyPeer = reason else { throw Unexpected(reason: reason) }
            #expect(bad.waitForClose())
        }
        bad.finishSending()
        try subject.exchange()
    }

    static let doubts = [
        Acceptance("A07 major 2, revision 0", Wire.greeting(major: 2, minor: 0)),
        Acceptance(
            "A13 signature ends in 01",
            Wire.greeting()[..<9] + [1] + Wire.greeting()[10...]
        ),
    ]

    @Test(
        "A01 A02 a silent stranger is cut off when the handshake limit is over",
        arguments: [[], [0xff]] as [[UInt8]],
        transports
    )
    func silent(bytes: [UInt8], transport: String) throws {
        let subject = try pullSubject(at: transport, [.handshakeTimeout: 1000])
        let bad = try subject.attack()
        let start = ContinuousClock.now
        bad.send(bytes)
        #expect(bad.waitForClose())
        let duration = ContinuousClock.now - start
        #expect(duration > .milliseconds(500) && duration < .milliseconds(1500), "\(duration)")
        try subject.expectRejection(of: bad) { $0 == .handshakeTimeout }
    }

    @Test("A18 a greeting in time does not renew the handshake limit")
    func late() throws {
        let subject = try pullSubject(at: transports[0], [.handshakeTimeout: 1000])
        let bad = try subject.attack()
        let start = ContinuousClock.now
        _ = try bad.receive(64)
        #expect(bad.isSilent(milliseconds: 900))
        bad.send(Wire.greeting())
        #expect(bad.waitForClose())
        let duration = ContinuousClock.now - start
        #expect(duration > .milliseconds(800) && duration < .milliseconds(1200), "\(duration)")
        try subject.expectRejection(of: bad) { $0 == .handshakeTimeout }
    }

    @Test("A14 a greeting may be cut at every byte", arguments: transports)
    func split(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bytes = Wire.greeting()
        for cut in 1..<bytes.count {
            let bad = try subject.attack()
            bad.send(Array(bytes[..<cut]))
            _ = try bad.receive(64)
            _ = bad.isSilent(milliseconds: 5)
            bad.send(bytes[cut...] + pushReady)
            try subject.waitUntilReady()
            bad.finishSending()
            #expect(try subject.nextEnd() == .closedByPeer)
            #expect(bad.waitForClose())
        }
        let last = try subject.attack(as: "PUSH")
        try subject.expectService(of: last)
    }

    @Test("a stranger may leave at every byte of its handshake", arguments: transports)
    func cutOff(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bytes = Wire.greeting() + pushReady
        for cut in stride(from: 0, to: bytes.count, by: 3) {
            let bad = try subject.attack()
            bad.send(Array(bytes[..<cut]))
            bad.finishSending()
            _ = try subject.nextEnd()
            #expect(bad.waitForClose())
        }
        let last = try subject.attack(as: "PUSH")
        try subject.expectService(of: last)
    }

    @Test("A15 greeting, READY and a message may come in one write", arguments: transports)
    func merged(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(Wire.greeting() + pushReady + Wire.text("A"))
        try subject.waitUntilReady()
        try subject.expectService(of: bad, delivering: ["A"])
    }

    @Test("our own greeting sent back to us is no legal peer", arguments: transports)
    func mirrored(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(try bad.receive(64))
        let ready = try bad.receiveFrame()
        bad.send(Wire.frame(ready.body, flags: ready.flags))
        try subject.expectRejection(of: bad) {
            $0 == .incompatibleSocketType(ours: "PULL", theirs: "PULL")
        }
    }
}
