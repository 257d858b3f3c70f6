import Testing

@testable import ZeroMQ

@Suite("Endpoint: from text and back")
struct EndpointParsingTests {
    @Test(
        "a well-formed endpoint prints as it was written",
        arguments: [
            "tcp://127.0.0.1:5555", "tcp://*:5555", "tcp://127.0.0.1:*", "tcp://*:*",
            "tcp://[::1]:5555", "tcp://[::]:1", "tcp://[fe80::1%lo]:65535", "tcp://lo:80",
            "tcp://[2001:db8:1:2:3:4:5:6]:7", "tcp://[::ffff:10.0.0.1]:7",
            "tcp://[1:2:3:4:5:6:7::]:7", "tcp://my_host.example.org:9",
            "tcp://eth0:*;server.example:5555", "tcp://[::1]:40000;[::2]:5555",
            "tcp://*:40000;server:1", "ipc:///tmp/feed", "ipc://relative", "ipc://@feed",
            "ipc://*", "ipc://*.socket", "ipc://a:b;c", "inproc://jobs", "inproc://://",
            "inproc://é",
        ]
    )
    func roundTrip(_ text: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.description == text)
        #expect(try Endpoint(endpoint.description) == endpoint)
    }

    @Test("port 0 and port * are the same endpoint, and have no number")
    func ephemeralPorts() throws {
        let endpoint = try Endpoint("tcp://127.0.0.1:0")
        #expect(endpoint == (try Endpoint("tcp://127.0.0.1:*")))
        #expect(endpoint.description == "tcp://127.0.0.1:*")
        #expect(endpoint.port == nil)
        #expect(try Endpoint("tcp://127.0.0.1:5555").port == 5555)
        #expect(try Endpoint("inproc://5555").port == nil)
    }

    @Test("the parts of a tcp endpoint with a source are told apart")
    func sourceParts() throws {
        let wanted = TCPAddress(
            host: .text("::1"),
            port: .number(5555),
            source: .init(host: .text("eth0"), port: .ephemeral)
        )
        #expect(try Endpoint("tcp://eth0:0;[::1]:5555").address == .tcp(wanted))
    }

    @Test("endpoints made from parts equal those made from text")
    func madeFromParts() throws {
        #expect(Endpoint.tcp("::1", port: 80) == (try Endpoint("tcp://[::1]:80")))
        #expect(Endpoint.tcp("[::1]", port: 80) == (try Endpoint("tcp://[::1]:80")))
        #expect(Endpoint.tcp("*", port: 0) == (try Endpoint("tcp://*:*")))
        #expect(Endpoint.ipc("@feed") == (try Endpoint("ipc://@feed")))
        #expect(Endpoint.ipc("/tmp/feed") == (try Endpoint("ipc:///tmp/feed")))
        #expect(Endpoint.ipc("*") == (try Endpoint("ipc://*")))
        #expect(Endpoint.inproc("jobs") == (try Endpoint("inproc://jobs")))
    }

    @Test("a combining character after a delimiter does not hide the delimiter")
    func combiningCharacters() throws {
        #expect(try Endpoint("inproc://\u{301}x").address == .inproc("\u{301}x"))
        #expect(try Endpoint("ipc://@\u{301}").address == .ipc(.abstract("\u{301}")))
        #expect(try Endpoint("tcp://\u{301}:1").port == 1)
    }

    @Test("100,000 mutated endpoints throw, or print and parse again to the same")
    func mutations() throws {
        var mutator = EndpointMutator(seed: 20_260_101)
        var parsed = 0
        for _ in 0..<100_000 {
            let text = mutator.next()
            do throws(ZeroMQError) {
                let endpoint = try Endpoint(text)
                parsed += 1
                guard try Endpoint(endpoint.description) == endpoint else {
                    Issue.record("\(text.debugDescription) became \(endpoint)")
                    return
                }
                _ = try? endpoint.checkBindable()
                _ = try? endpoint.checkConnectable()
            } catch {
                let codes: [ZeroMQError.Code] = [
                    .invalidEndpoint, .unsupportedTransport, .pathTooLong,
                ]
                guard codes.contains(error.code), !error.message.isEmpty else {
                    Issue.record("\(text.debugDescription) threw \(error)")
                    return
                }
            }
        }
        // Otherwise the mutations were too wild to test anything.
        #expect((10_000...90_000).contains(parsed))
    }

    @Test("10,000 endpoints made from mutated parts are refused, or print and parse to the same")
    func mutatedParts() throws {
        var mutator = EndpointMutator(seed: 7)
        for _ in 0..<10_000 {
            let text = String(mutator.next().drop { $0 != "/" }.dropFirst(2))
            let made: [Endpoint] = [.tcp(text, port: 1), .ipc(text), .inproc(text)]
            for endpoint in made where (try? endpoint.check()) != nil {
                #expect(try Endpoint(endpoint.description) == endpoint)
            }
        }
    }
}

/// Makes endpoints that are nearly right.
struct EndpointMutator {
    private static let seeds = [
        "tcp://127.0.0.1:5555", "tcp://*:0", "tcp://[fe80::1%eth0]:80", "tcp://eth0:*;[::1]:99",
        "tcp://[1:2:3:4:5:6:1.2.3.4]:1", "ipc:///tmp/a", "ipc://@a", "ipc://*", "inproc://name",
        "udp://239.0.0.1:5", "", "://",
    ]
    private static let pieces = [
        ":", "/", "://", "*", "[", "]", ";", "%", "@", "0", "9", "99999", "-1", " ", "\u{0}", "\n",
        "\r\n", "\u{301}", "é", "👩‍👩‍👧", "::", "a", "tcp", "ipc", "inproc", ".",
        String(repeating: "x", count: 120), String(repeating: "y", count: 300),
    ]
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func next() -> String {
        var bytes = Array((Self.seeds.randomElement(using: &generator) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            mutate(&bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 0...4, using: &generator))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        default:
            let piece = Self.pieces.randomElement(using: &generator) ?? ""
            bytes.replaceSubrange(place..<end, with: Array(piece.utf8))
        }
    }
}
