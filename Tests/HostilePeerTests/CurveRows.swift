import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

/// A PULL that is a CURVE server, with a good PUSH.
func curveSubject(at transport: String) throws -> Subject {
    try pullSubject(at: transport, [.security: SubjectSecurity.curveServer.rawValue])
}

@Suite("Hostile peers, G: CURVE")
struct CurveRows {
    private static let type = Wire.property("Socket-Type", Array("PUSH".utf8))

    private func curve() throws -> RawCurve { try RawCurve(server: SubjectSecurity.serverKey) }

    private static let smallOrder = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ]

    private static func bytes(_ digits: String) -> [UInt8] {
        let values = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: values.count, by: 2).map {
            UInt8(values[$0] << 4 | values[$0 + 1])
        }
    }

    @Test("G01 a HELLO whose box or key is bad, and nobody learns which", arguments: transports)
    func hello(transport: String) throws {
        let subject = try curveSubject(at: transport)
        let curve = try curve()
        let bad = try subject.attack()
        bad.send(RawPeer.curveGreeting + curve.hello(box: [UInt8](repeating: 0x55, count: 80)))
        var reasons = [try subject.expectRejection(of: bad) { $0 == .cryptographic }]
        for key in Self.smallOrder {
            let bad = try subject.attack()
            bad.send(RawPeer.curveGreeting + curve.hello(key: Self.bytes(key)))
            // Not one byte more than the greeting says what was wrong.
            _ = try bad.receive(64)
            #expect(throws: (any Error).self) { try bad.receive(1) }
            reasons.append(try subject.nextEnd())
        }
        #expect(Set(reasons.map(\.description)).count == 1)
        try subject.exchange()
    }

    @Test(
        "G02 G05 an INITIATE that is too short, or vouches for another server",
        arguments: transports
    )
    func initiate(transport: String) throws {
        let subject = try curveSubject(at: transport)
        var curve = try curve()
        for count in [0, 1, 247] {
            let bad = try subject.attack()
            try bad.beginCurve(&curve)
            bad.send(Wire.command("INITIATE", [UInt8](repeating: 1, count: count)))
            #expect(try subject.nextEnd() == .malformedCommand("INITIATE"))
            #expect(bad.waitForClose())
        }
        let bad = try subject.attack()
        try bad.beginCurve(&curve)
        curve.vouchedServer[31] ^= 1
        bad.send(curve.initiate(Self.type))
        try subject.expectRejection(of: bad) { $0 == .cryptographic }
    }

    @Test("G03 a cookie with one bit changed, in each of its bytes", arguments: transports)
    func cookie(transport: String) throws {
        let subject = try curveSubject(at: transport)
        var curve = try curve()
        for offset in 0..<96 {
            let bad = try subject.attack()
            try bad.beginCurve(&curve)
            curve.cookie[offset] ^= 1 << UInt8(offset % 8)
            bad.send(curve.initiate(Self.type))
            if offset == 95 {
                try subject.expectRejection(of: bad) { $0 == .cryptographic }
            } else {
                #expect(try subject.nextEnd() == .cryptographic)
                #expect(bad.waitForClose())
            }
        }
    }

    @Test(
        "G04 metadata of many sizes",
        arguments: [0, 255, 256, 257, 300, 1000, 65_000, 65_600]
    )
    func metadata(size: Int) throws {
        let subject = try curveSubject(at: transports[0])
        var curve = try curve()
        let bad = try subject.attack()
        try bad.beginCurve(&curve)
        let name = "X-Size"
        let rest = size - Self.type.count - 1 - name.utf8.count - 4
        let property = Wire.property(name, [UInt8](repeating: 1, count: max(1, rest)))
        bad.send(curve.initiate(size == 0 ? [] : Self.type + property))
        switch size {
        case 0:
            try subject.expectRejection(of: bad) {
                if case .invalidMetadata = $0 { true } else { false }
            }
        case 65_600:
            try subject.expectRejection(of: bad) {
                if case .limitExceeded = $0 { true } else { false }
            }
        default:
            try subject.waitUntilReady()
            _ = try bad.receiveFrame()
            bad.send(Wire.frame(curve.message([0] + Array("A".utf8), counter: 3)))
            try subject.expectService(of: bad, delivering: ["A"])
        }
    }

    private static let boxed: [(String, [UInt8])] = [
        ("B04 an empty type", Wire.property("Socket-Type", [])),
        ("B05 a length beyond the end", Array(type.dropLast(8)) + [0x7f, 0xff, 0xff, 0xff]),
        ("B05 a length of four thousand million", Array(type.dropLast(8)) + [255, 255, 255, 255]),
        ("B06 a byte too many", type + [1]),
        ("B03 a type that is none", Wire.property("Socket-Type", Array("FOO".utf8))),
        ("a type that does not go with ours", Wire.property("Socket-Type", Array("PUB".utf8))),
        ("nothing", []),
    ]

    @Test("G10 what is in the box is judged as strictly as what is in clear")
    func boxedMetadata() throws {
        let subject = try curveSubject(at: transports[0])
        for (row, metadata) in Self.boxed {
            var curve = try curve()
            let bad = try subject.attack()
            try bad.beginCurve(&curve)
            bad.send(curve.initiate(metadata))
            let reason = try subject.nextEnd()
            switch reason {
            case .invalidMetadata, .incompatibleSocketType: break
            default: Issue.record("\(row): \(reason)")
            }
            #expect(bad.waitForClose())
        }
        let last = try subject.attack()
        var curve = try curve()
        try last.shakeHands(&curve)
        try subject.waitUntilReady()
        try subject.expectService(of: last)
    }

    @Test("INITIATE first, HELLO twice, messages in clear", arguments: transports)
    func order(transport: String) throws {
        let subject = try curveSubject(at: transport)
        let curve = try curve()
        let inputs = [
            Wire.command("INITIATE", [UInt8](repeating: 1, count: 300)),
            curve.hello() + curve.hello(), Wire.text("A"), Wire.ready("PUSH"),
            Wire.command("HELLO", [UInt8](repeating: 0, count: 193)),
        ]
        for bytes in inputs {
            let bad = try subject.attack()
            bad.send(RawPeer.curveGreeting + bytes)
            switch try subject.nextEnd() {
            case .unexpectedCommand, .malformedCommand: break
            case let reason: Issue.record("\(reason)")
            }
            #expect(bad.waitForClose())
        }
        let last = try subject.attack()
        last.send(RawPeer.curveGreeting + Wire.text("A"))
        try subject.expectRejection(of: last)
    }
}
