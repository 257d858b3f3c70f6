import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

private let greeting = Wire.greeting()
private let type = Wire.hexadecimal("0b 53 6f 63 6b 65 74 2d 54 79 70 65")

private func readyOf(_ data: [UInt8]) -> [UInt8] { greeting + Wire.command("READY", data) }

@Suite("Hostile peers, B: READY")
struct ReadyRows {
    private static func isInvalidMetadata(_ reason: DisconnectReason) -> Bool {
        if case .invalidMetadata = reason { true } else { false }
    }

    static let rejections: [Rejection] =
        [
            Rejection("B01 no properties", readyOf([]), isInvalidMetadata),
            Rejection("B03 type FOO", greeting + Wire.ready("FOO")) {
                $0 == .incompatibleSocketType(ours: "PULL", theirs: "FOO")
            },
            Rejection("B04 empty type", greeting + Wire.ready(""), isInvalidMetadata),
            Rejection(
                "B06 one byte too many",
                greeting + Wire.ready("PUSH", rest: [1]),
                isInvalidMetadata
            ),
            Rejection(
                "B07 type twice",
                greeting
                    + Wire.ready("PUSH", rest: Wire.property("socket-TYPE", Array("PULL".utf8))),
                isInvalidMetadata
            ),
            Rejection(
                "B11 10,000 properties",
                greeting
                    + Wire.ready(
                        "PUSH",
                        rest: (0..<10_000).flatMap { _ in Wire.hexadecimal("01 58 00 00 00 00") }
                    )
            ) { $0 == .limitExceeded("properties in a handshake command") },
            Rejection("B15 a message instead of READY", greeting + Wire.text("A")) {
                if case .unexpectedCommand = $0 { true } else { false }
            },
            Rejection("a command without a name", greeting + [4, 0]) {
                if case .malformedCommand = $0 { true } else { false }
            },
            Rejection("PING instead of READY", greeting + Wire.ping()) {
                $0 == .unexpectedCommand("PING")
            },
            Rejection(
                "a handshake command of 2^63 bytes",
                greeting + Wire.hexadecimal("06 80 00 00 00 00 00 00 00")
            ) {
                if case .limitExceeded = $0 { true } else { false }
            },
            Rejection(
                "B17 an ERROR of control bytes",
                greeting + Wire.command("ERROR", [255] + errorText)
            ) {
                if case .refusedByPeer(let text) = $0 { text.isPrintable } else { false }
            },
            Rejection("B20 name So cket", readyOf(odd("So cket"))) { isInvalidMetadata($0) },
            Rejection("B20 name So\\0cket", readyOf(odd("So\0cket"))) { isInvalidMetadata($0) },
        ]
        + ["7f ff ff ff", "ff ff ff ff", "80 00 00 00", "00 00 00 05"].map { length in
            Rejection(
                "B05 value of \(length)",
                readyOf(type + Wire.hexadecimal(length) + Array("PUSH".utf8)),
                isInvalidMetadata
            )
        }

    private static func odd(_ name: String) -> [UInt8] {
        Wire.property(name, Array("PUSH".utf8))
    }

    private static let errorText: [UInt8] =
        Wire.hexadecimal("1b 5b 32 4a 0a ff fe") + [UInt8](repeating: 7, count: 248)

    @Test("a handshake command that is not a READY is refused", arguments: rejections, transports)
    func rejected(_ row: Rejection, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(row.bytes)
        try subject.expectRejection(of: bad, row.isExpected)
    }

    static let acceptances = [
        Acceptance(
            "B12 long form",
            greeting
                + Wire.command(
                    "READY",
                    Wire.property("Socket-Type", Array("PUSH".utf8)),
                    isLong: true
                )
        ),
        Acceptance(
            "names without regard to case",
            greeting + Wire.command("READY", Wire.property("sOCKET-tYPE", Array("PUSH".utf8)))
        ),
        Acceptance(
            "B14 READY twice",
            greeting + Wire.ready("PUSH") + Wire.ready("PULL", identity: [1])
        ),
        Acceptance(
            "values are opaque",
            greeting + Wire.ready("PUSH", rest: Wire.property("X-\u{7}", [0, 0xff, 0x1b]))
        ),
    ]

    @Test("an odd READY is understood", arguments: acceptances, transports)
    func accepted(_ row: Acceptance, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        bad.send(row.bytes)
        try subject.waitUntilReady()
        bad.send(Wire.text("A"))
        try subject.expectService(of: bad, delivering: ["A"])
    }

    @Test("B13 flags of a READY do not harm", arguments: [0, 5] as [UInt8], transports)
    func flags(_ flags: UInt8, transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack()
        let body = Wire.ready("PUSH").dropFirst(2)
        bad.send(greeting + Wire.frame(Array(body), flags: flags) + Wire.text("A"))
        try subject.expectSurvival(of: bad, mayDeliver: ["A"])
    }

    static let types = [
        "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB",
        "STREAM", "FOO",
    ]

    /// Who may talk to whom.
    static let partners: [(Setting.Kind, wireName: String, Set<String>)] = [
        (.pair, "PAIR", ["PAIR"]), (.publisher, "PUB", ["SUB", "XSUB"]),
        (.subscriber, "SUB", ["PUB", "XPUB"]), (.request, "REQ", ["REP", "ROUTER"]),
        (.reply, "REP", ["REQ", "DEALER"]), (.dealer, "DEALER", ["REP", "DEALER", "ROUTER"]),
        (.router, "ROUTER", ["REQ", "DEALER", "ROUTER"]), (.pull, "PULL", ["PUSH"]),
        (.push, "PUSH", ["PULL"]), (.xPublisher, "XPUB", ["SUB", "XSUB"]),
        (.xSubscriber, "XSUB", ["PUB", "XPUB"]),
    ]

    @Test("B02 B03 only legal pairs of socket types are served", arguments: 0..<partners.count)
    func pairs(index: Int) throws {
        let (kind, ours, partners) = Self.partners[index]
        let remote = try Remote(Setting(kind))
        let endpoint = try remote.ask("bind", transports[0])[0]
        // The first is no row: it shows what a connection leaves behind that is not its own.
        for theirs in ["FOO"] + Self.types {
            let bad = try RawPeer(connectingTo: endpoint)
            bad.send(greeting + Wire.ready(theirs))
            let expected: DisconnectReason? =
                partners.contains(theirs)
                ? nil : .incompatibleSocketType(ours: ours, theirs: theirs)
            #expect(try remote.nextOutcome() == expected, "\(theirs) to \(ours)")
            bad.close()
            if expected == nil { _ = try remote.nextEnd() }
            #expect(try remote.takeEvents().compactMap(\.endReason) == [], "U7")
            if remote.hasBaseline { remote.expectNothingLeft() } else { remote.noteBaseline() }
        }
        remote.expectIdle()
    }

    @Test("B18 READY and FIN in one segment: ready, then gone", arguments: transports)
    func readyAndEnd(transport: String) throws {
        let subject = try pullSubject(at: transport)
        for _ in 0..<50 {
            let bad = try subject.attack()
            bad.send(greeting + Wire.ready("PUSH"))
            bad.finishSending()
            try subject.waitUntilReady()
            #expect(try subject.nextEnd() == .closedByPeer)
            #expect(bad.waitForClose())
        }
        let last = try subject.attack(as: "PUSH")
        try subject.expectService(of: last)
    }
}
