import Glibc
import Testing
import ZeroMQ
import ZeroMQTestSupport

/// A plain TCP peer with blocking calls.
private final class PlainPeer: Sendable {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads exactly `count` bytes, or fewer if the connection ends.
    func read(_ count: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let step = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            guard step > 0 else { break }
            filled += step
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}

@Suite("STREAM and a plain TCP peer", .tags(.threads))
struct StreamSocketTests {
    @Test("arrival, bytes both ways and departure")
    func conversation() throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            let port = try #require(try stream.bind("tcp://127.0.0.1:*").port)
            let peer = try PlainPeer(port: port)
            let arrival = try stream.next()
            let id = arrival[0]
            #expect(arrival.count == 2 && id.count == 5 && arrival[1].isEmpty)
            peer.send("GET / HTTP/1.0\r\n\r\n")
            var request = ""
            while request.utf8.count < 18 {
                let message = try stream.next()
                #expect(message[0] == id)
                request += String(message[1])
            }
            #expect(request == "GET / HTTP/1.0\r\n\r\n")
            try stream.put([id, "HTTP/1.0 200 OK\r\n"])
            try stream.put([id, "\r\n"])
            #expect(peer.read(19) == "HTTP/1.0 200 OK\r\n\r\n")
            peer.finish()
            #expect(try stream.next() == [id, ""])
        }
    }

    @Test("an empty frame closes the connection, after what was sent before")
    func closing() throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            let port = try #require(try stream.bind("tcp://127.0.0.1:*").port)
            let peer = try PlainPeer(port: port)
            let id = try stream.next()[0]
            try stream.put([id, "bye"])
            try stream.put([id, ""])
            #expect(peer.read(100) == "bye")
            // It is not told of what it did itself, and the connection is forgotten a moment later.
            let gone = code { while true { try stream.put([id, "late"]) } }
            #expect(gone == .hostUnreachable)
            #expect(try stream.tryReceive() == nil)
        }
    }

    @Test("peers are told apart, and an unknown one is an error")
    func several() throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            let port = try #require(try stream.bind("tcp://127.0.0.1:*").port)
            let peers = try (0..<3).map { _ in try PlainPeer(port: port) }
            let ids = try stream.next(3).map { $0[0] }
            #expect(Set(ids).count == 3)
            for id in ids { try stream.put([id, Frame("for \(id.count)")]) }
            for peer in peers { #expect(peer.read(5) == "for 5") }
            #expect(code { _ = try stream.trySend(["?", "x"]) } == .hostUnreachable)
            #expect(code { _ = try stream.trySend("no id") } == .invalidMessage)
        }
    }

    @Test("two STREAM sockets talk to each other")
    func connecting() throws {
        try inContext { context in
            let (server, client) = (StreamSocket(context: context), StreamSocket(context: context))
            try client.connect(server.bind("tcp://127.0.0.1:*"))
            let there = try client.next()[0]
            let here = try server.next()[0]
            try client.put([there, "hello"])
            #expect(try server.next() == [here, "hello"])
        }
    }

    @Test(
        "a peer that reads nothing is dropped, however full its queue is",
        arguments: [Linger.discard, .wait(upTo: .milliseconds(200)), .waitForever]
    )
    func dropping(linger: Linger) throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            stream.linger = linger
            let port = try #require(try stream.bind("tcp://127.0.0.1:*").port)
            let peer = try PlainPeer(port: port)
            let id = try stream.next()[0]
            let much = Frame([UInt8](repeating: 0, count: 100_000))
            // What the kernel has not taken for a while it will not take.
            while (try? stream.send([id, much], timeout: .milliseconds(300))) != nil {}
            #expect(try stream.trySend([id, ""]))
            #expect(code { _ = try stream.trySend([id, "late"]) } == .hostUnreachable)
            let isOver = { (event: SocketEvent) in
                if case .disconnected = event { true } else { false }
            }
            #expect(stream.events.first(where: isOver) != nil)
            _ = peer
        }
    }

    @Test("a slow peer gets everything that was sent before the close")
    func slowPeer() throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            stream.sendHighWaterMark = .count(10)
            let port = try #require(try stream.bind("tcp://127.0.0.1:*").port)
            let peer = try PlainPeer(port: port)
            let id = try stream.next()[0]
            let much = Frame([UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000))
            let reader = try Worker {
                var count = 0
                while true {
                    let read = peer.read(50_000).utf8.count
                    count += read
                    if read < 50_000 { return count }
                    if count % 5_000_000 == 0 { letPass(.milliseconds(300)) }
                }
            }
            for _ in 0..<20 { try stream.put([id, much]) }
            try stream.put([id, ""])
            #expect(try reader.value() == 20_000_000)
        }
    }
}
