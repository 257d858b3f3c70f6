import Testing
import ZeroMQProtocol
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("What a socket does not receive it does not keep", .serialized)
struct PassedOverTests {
    private static let mebibyte = 1 << 20

    /// The header of a long frame.
    private func header(_ count: Int, more: Bool = false) -> [UInt8] {
        [more ? 3 : 2] + Wire.bigEndian(UInt64(count))
    }

    private func connect(_ socket: any Socket, as type: String) throws -> RawPeer {
        let peer = try RawPeer(connectingTo: try socket.bind("tcp://127.0.0.1:*").description)
        try peer.shakeHands(as: type)
        try socket.waitForPeers(atLeast: 1, timeout: enough)
        return peer
    }

    private func expectDropped(_ count: Int, by socket: any Socket) {
        let deadline = ContinuousClock.now + enough
        while socket.statistics.dropped[.unexpected, default: 0] < count,
            ContinuousClock.now < deadline
        { letPass(.milliseconds(1)) }
        #expect(socket.statistics.dropped == [.unexpected: count])
    }

    @Test("a frame of any size leaves nothing behind", arguments: ["SUB", "PULL"])
    func long(type: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let socket: any SendingSocket =
                type == "SUB" ? publisher : PushSocket(context: context)
            let peer = try connect(socket, as: type)
            let part = [UInt8](repeating: 7, count: Self.mebibyte)
            let before = ProcessMemory.resident
            peer.send(header(200 * part.count))
            for _ in 0..<200 { #expect(peer.send(part)) }
            expectDropped(1, by: socket)
            #expect(ProcessMemory.resident - before < 64 * Self.mebibyte)
            // The peer is served as before.
            if type == "SUB" {
                peer.send(Wire.subscribe([0x41]))
                try publisher.waitForSubscribers(atLeast: 1, to: "A", timeout: enough)
            }
            try socket.put("A1")
            #expect(try peer.receiveFrame().text == "A1")
        }
    }

    @Test("frames are stepped over wherever they are cut, and their messages counted")
    func cuts() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let peer = try connect(publisher, as: "XSUB")
            var stream: [UInt8] = []
            for count in [1, 30, 255, 300, 5000, 40_000, 70_000] {
                let body = [UInt8](repeating: 2, count: count)
                stream += Wire.frame(body, flags: 1) + Wire.frame([]) + Wire.frame(body)
            }
            stream += Wire.subscribe(Array("end".utf8))
            var random = SeededGenerator(seed: 11)
            for round in 1...20 {
                var start = 0
                while start < stream.count {
                    let most = round % 2 == 0 ? 20_000 : 3000
                    let end = min(stream.count, start + Int.random(in: 1...most, using: &random))
                    peer.send(Array(stream[start..<end]))
                    start = end
                }
                try publisher.waitForSubscribers(atLeast: 1, to: "end", timeout: enough)
                peer.send(Wire.cancel(Array("end".utf8)))
                expectDropped(14 * round, by: publisher)
            }
        }
    }

    @Test(
        "a box too long for what is of use is not waited for",
        arguments: [SocketKind.push, .publisher]
    )
    func sealed(kind: SocketKind) {
        let limits = ProtocolLimits()
        let stream = WireStream(highWaterMark: 10, readerRetains: false)
        func walker(_ kind: SocketKind) -> InboundWalker {
            InboundWalker(writer: stream.writer, policy: InboundPolicy(kind), limits: limits)
        }
        let longest = limits.longestTrafficCommand
        #expect(throws: Never.self) { try walker(kind).check(sealed: longest) }
        #expect(throws: ProtocolError(.limitExceeded(.frame))) {
            try walker(kind).check(sealed: longest + 1)
        }
        #expect(throws: Never.self) { try walker(.pull).check(sealed: longest + 1) }
    }

    @Test("over CURVE as well", arguments: [100, 40_000])
    func curve(count: Int) throws {
        try inContext { context in
            let keys = try CurveKeyPair()
            let publisher = PublisherSocket(context: context)
            publisher.options.security = .curveServer(keys)
            publisher.options.authenticator = .anyoneHoldingTheServersPublicKey
            let endpoint = try publisher.bind("tcp://127.0.0.1:*")
            let peer = XSubscriberSocket(context: context)
            peer.options.security = .curveClient(try CurveKeyPair(), server: keys.publicKey)
            try peer.connect(endpoint)
            try peer.waitForPeers(atLeast: 1, timeout: enough)
            for _ in 0..<10 { try peer.put(Message([UInt8](repeating: 7, count: count))) }
            try peer.put("\u{1}A")
            try publisher.waitForSubscribers(atLeast: 1, to: "A", timeout: enough)
            expectDropped(10, by: publisher)
            try publisher.put("A1")
            #expect(try peer.next() == "A1")
        }
    }
}
