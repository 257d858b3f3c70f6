import Testing
import ZeroMQProtocol

@Suite("Commands after the handshake")
struct TrafficCommandTests {
    private func parse(_ body: [UInt8]) -> TrafficCommand {
        body.withUnsafeBytes { TrafficCommand.parse($0) }
    }

    private func subscription(
        _ topic: [UInt8],
        _ subscribe: Bool,
        _ version: ProtocolVersion
    ) -> [UInt8] {
        // Something stands before it: subscriptions are appended.
        var bytes: [UInt8] = [0xee]
        topic.withUnsafeBytes {
            CommandEncoding.subscription(
                topic: $0,
                subscribe: subscribe,
                version: version,
                into: &bytes
            )
        }
        #expect(bytes.first == 0xee)
        return Array(bytes.dropFirst())
    }

    @Test("PING and its PONG equal the recorded ones")
    func recordedHeartbeats() {
        let none = [UInt8]()
        let hello = ascii("hello")
        #expect(
            none.withUnsafeBytes { CommandEncoding.ping(ttl: 12, context: $0) }
                == hex("04 07 04 50 49 4e 47 00 0c")
        )
        #expect(
            hello.withUnsafeBytes { CommandEncoding.ping(ttl: 0, context: $0) }
                == hex("04 0c 04 50 49 4e 47 00 00 68 65 6c 6c 6f")
        )
        #expect(
            hello.withUnsafeBytes { CommandEncoding.pong(context: $0) }
                == hex("04 0a 04 50 4f 4e 47 68 65 6c 6c 6f")
        )
        #expect(
            none.withUnsafeBytes { CommandEncoding.pong(context: $0) }
                == hex("04 05 04 50 4f 4e 47")
        )
    }

    @Test("a context is cut to 16 bytes, when received and when sent")
    func longContext() {
        let context = ascii("0123456789abcdefXYZ")
        let body = hex("04 50 49 4e 47 00 00") + context
        #expect(parse(body) == .ping(ttlDeciseconds: 0, context: 7..<23))
        let pong = context.withUnsafeBytes { CommandEncoding.pong(context: $0) }
        #expect(pong == RawPeer.command("PONG", Array(context.prefix(16))))
    }

    @Test("a time to live is taken at face value, but never sent above 65.5 s")
    func timeToLive() {
        #expect(parse(hex("04 50 49 4e 47 02 90")) == .ping(ttlDeciseconds: 656, context: 7..<7))
        #expect(parse(hex("04 50 49 4e 47 ff ff")) == .ping(ttlDeciseconds: 65_535, context: 7..<7))
        let none = [UInt8]()
        let ping = none.withUnsafeBytes { CommandEncoding.ping(ttl: 656, context: $0) }
        #expect(ping == hex("04 07 04 50 49 4e 47 02 8f"))
    }

    @Test("a PING without room for its time to live is malformed")
    func shortPing() {
        #expect(parse(hex("04 50 49 4e 47 00")) == .malformed)
        #expect(parse(hex("04 50 49 4e 47")) == .malformed)
    }

    @Test("commands are told apart by their exact names")
    func names() {
        #expect(parse(hex("04 50 4f 4e 47 01 02")) == .pong(context: 5..<7))
        #expect(parse([9] + ascii("SUBSCRIBEabc")) == .subscribe(topic: 10..<13))
        #expect(parse([9] + ascii("SUBSCRIBE")) == .subscribe(topic: 10..<10))
        #expect(parse([6] + ascii("CANCELA")) == .cancel(topic: 7..<8))
        #expect(parse([5] + ascii("ERROR")) == .error)
        for name in ["FOO", "ping", "READY", "JOIN", "SUBSCRIB", "SUBSCRIBER"] {
            #expect(parse([UInt8(name.utf8.count)] + ascii(name)) == .unknown)
        }
    }

    @Test("no body of up to two bytes traps or means anything")
    func smallWorld() {
        #expect(parse([]) == .unknown)
        for first in UInt8.min...UInt8.max {
            #expect(parse([first]) == .unknown)
            for second in UInt8.min...UInt8.max {
                #expect(parse([first, second]) == .unknown)
            }
        }
    }

    @Test("random bodies never give a range outside themselves")
    func randomBodies() {
        let seed = SeededGenerator.freshSeed()
        var generator = SeededGenerator(seed: seed)
        let names = ["PING", "PONG", "SUBSCRIBE", "CANCEL", "ERROR", ""]
        for _ in 0..<20_000 {
            let name = names[Int.random(in: 0..<names.count, using: &generator)]
            let count = Int.random(in: 0...40, using: &generator)
            let body = [UInt8(name.utf8.count)] + ascii(name) + generator.bytes(count)
            switch parse(body) {
            case .ping(_, let range), .subscribe(let range), .cancel(let range):
                #expect(range.upperBound <= body.count, "seed \(seed)")
            default: break
            }
        }
    }

    @Test("subscriptions equal the recorded ones")
    func recordedSubscriptions() {
        let abc = ascii("abc")
        let subscribe = hex("04 0d 09 53 55 42 53 43 52 49 42 45 61 62 63")
        #expect(subscription(abc, true, .zmtp31) == subscribe)
        #expect(subscription(abc, false, .zmtp31) == hex("04 0a 06 43 41 4e 43 45 4c 61 62 63"))
        #expect(subscription([], true, .zmtp31) == hex("04 0a 09 53 55 42 53 43 52 49 42 45"))
        #expect(subscription(abc, true, .zmtp30) == hex("00 04 01 61 62 63"))
        #expect(subscription(abc, false, .zmtp30) == hex("00 04 00 61 62 63"))
        #expect(subscription([], true, .zmtp30) == hex("00 01 01"))
    }

    @Test("the long form starts at the right topic length, with its flag set")
    func longSubscriptions() {
        func start(_ count: Int, _ subscribe: Bool, _ version: ProtocolVersion) -> [UInt8] {
            let topic = [UInt8](repeating: 0x74, count: count)
            return Array(subscription(topic, subscribe, version).prefix(10))
        }
        #expect(start(245, true, .zmtp31).starts(with: hex("04 ff 09 53")))
        #expect(start(246, true, .zmtp31) == hex("06 00 00 00 00 00 00 01 00 09"))
        #expect(start(248, false, .zmtp31).starts(with: hex("04 ff 06 43")))
        #expect(start(249, false, .zmtp31) == hex("06 00 00 00 00 00 00 01 00 06"))
        #expect(start(254, true, .zmtp30).starts(with: hex("00 ff 01 74")))
        #expect(start(255, true, .zmtp30) == hex("02 00 00 00 00 00 00 01 00 01"))
    }

    @Test("subscriptions of every length equal an independent encoding")
    func everyLength() {
        for count in 0...300 {
            let topic = [UInt8](repeating: 0x74, count: count)
            #expect(subscription(topic, true, .zmtp31) == RawPeer.command("SUBSCRIBE", topic))
            #expect(subscription(topic, false, .zmtp31) == RawPeer.command("CANCEL", topic))
            #expect(subscription(topic, true, .zmtp30) == RawPeer.frame(0, [1] + topic))
            #expect(subscription(topic, false, .zmtp30) == RawPeer.frame(0, [0] + topic))
        }
    }
}
