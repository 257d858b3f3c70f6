import Testing

@testable import ZeroMQReactor

@Suite("Streams over the loopback")
struct LoopbackTests {
    @Test("a listener on port 0 reports the port it got, and takes a connection")
    func accept() throws {
        let listener = try ListeningDescriptor.listen(on: .loopback(port: 0), backlog: 10)
        let address = try #require(listener.localAddress)
        #expect(address.port != 0)
        guard case .wouldBlock = listener.accept() else {
            Issue.record("nobody has connected yet")
            return
        }
        let (client, _) = try StreamDescriptor.connect(to: address)
        let (server, peer) = try connection(from: listener)
        #expect(client.finishConnect() == nil)
        #expect(peer == client.localAddress)
        #expect(client.peerAddress == address)
        #expect(server.localAddress == address)
        #expect(!client.isSelfConnected)
    }

    @Test("bytes arrive, split over two buffers and gathered from three, and the end is seen")
    func transfer() throws {
        let (client, server) = try pair(.loopback(port: 0))
        #expect(read(server) == .wouldBlock)
        let parts: [[UInt8]] = [[1, 2], [], [3, 4, 5]]
        let sent = parts[0].withUnsafeBytes { first in
            parts[2].withUnsafeBytes { third in
                let vectors = [
                    IOVector(base: first.baseAddress, count: 2), IOVector(base: nil, count: 0),
                    IOVector(base: third.baseAddress, count: 3),
                ]
                return vectors.withUnsafeBufferPointer { client.send(vectors: $0) }
            }
        }
        #expect(sent == .processed(5))
        var head = [UInt8](repeating: 0, count: 2)
        var tail = [UInt8](repeating: 0, count: 8)
        let received = head.withUnsafeMutableBytes { head in
            tail.withUnsafeMutableBytes { server.receive(into: head, then: $0) }
        }
        #expect(received == .processed(5))
        #expect(head == [1, 2])
        #expect(tail.prefix(3) == [3, 4, 5])
        client.finishSending()
        #expect(read(server) == .endOfStream)
    }

    @Test("writing stops at a full buffer, and to a peer that is gone fails without a signal")
    func gone() throws {
        let (client, server) = try pair(.loopback(port: 0))
        let block = [UInt8](repeating: 0, count: 1 << 16)
        var result = IOResult.processed(0)
        while case .processed = result {
            result = block.withUnsafeBytes { client.send($0) }
        }
        #expect(result == .wouldBlock)
        server.close()
        server.close()
        result = .processed(0)
        while case .processed = result {
            result = block.withUnsafeBytes { client.send($0) }
        }
        guard case .failed(let error) = result else {
            Issue.record("expected a failure and got \(result)")
            return
        }
        #expect(["EPIPE", "ECONNRESET"].contains(error.name))
    }

    @Test("a closed stream answers every call with a failure")
    func closed() throws {
        let (client, _) = try pair(.loopback(port: 0))
        client.close()
        #expect(client.descriptor < 0)
        #expect(read(client) == .failed(.badDescriptor))
        #expect([1].withUnsafeBytes { client.send($0) } == .failed(.badDescriptor))
        #expect(client.finishConnect() == .badDescriptor)
        #expect(client.localAddress == nil)
    }

    @Test("a Unix socket works by path and by abstract name")
    func unix() throws {
        let directory = try FileSystem.makeTemporaryDirectory(prefix: "zmq-test-")
        let path = directory + "/socket"
        defer {
            try? FileSystem.unlink(path)
            try? FileSystem.removeDirectory(directory)
        }
        for address in [SocketAddress.unix(path: path), .unix(abstract: path)] {
            let address = try #require(address)
            let (client, server) = try pair(address)
            #expect([7].withUnsafeBytes { client.send($0.prefix(1).rebased) } == .processed(1))
            #expect(read(server) == .processed(1))
            #expect(server.localAddress == address)
        }
        #expect(try FileSystem.kind(of: path) == .socket)
        #expect(throws: SystemError.addressInUse) {
            _ = try ListeningDescriptor.listen(on: .unixPath(path), backlog: 1)
        }
        // Nobody listens any more, but the file is still there.
        #expect(throws: SystemError.connectionRefused) {
            _ = try StreamDescriptor.connect(to: .unixPath(path))
        }
    }

    @Test("a port taken by another listener is reported as taken")
    func taken() throws {
        let listener = try ListeningDescriptor.listen(on: .loopback(port: 0), backlog: 1)
        let address = try #require(listener.localAddress)
        #expect(throws: SystemError.addressInUse) {
            _ = try ListeningDescriptor.listen(on: address, backlog: 1)
        }
        #expect(throws: SystemError.addressNotAvailable) {
            _ = try ListeningDescriptor.listen(on: .ipv4(0xc000_0201, port: 0), backlog: 1)
        }
    }

    @Test("a socket connected to itself is recognised")
    func selfConnect() throws {
        // Reserve a free port, give it back, and connect to it from itself. No other test uses this
        // address, so that none can take the port meanwhile.
        var listener: ListeningDescriptor? = try .listen(
            on: .ipv4(0x7f00_0002, port: 0),
            backlog: 1
        )
        let address = try #require(listener?.localAddress)
        listener = nil
        let (client, _) = try StreamDescriptor.connect(to: address, from: address)
        #expect(client.finishConnect() == nil)
        #expect(client.isSelfConnected)
    }

    @Test("IPv6 works where the machine has it")
    func ipv6() throws {
        guard !NetworkInterface.addresses(named: "lo").filter(\.isIPv6).isEmpty else { return }
        let (client, server) = try pair(.ipv6(high: 0, low: 1, scope: 0, port: 0))
        #expect([7].withUnsafeBytes { client.send($0.prefix(1).rebased) } == .processed(1))
        #expect(read(server) == .processed(1))
        #expect(client.peerAddress?.isIPv6 == true)
    }
}

/// Reads a few bytes and says how it went.
func read(_ stream: StreamDescriptor) -> IOResult {
    var buffer = [UInt8](repeating: 0, count: 16)
    return buffer.withUnsafeMutableBytes { stream.receive(into: $0) }
}

/// Takes one connection from a listener that is about to have one.
func connection(
    from listener: ListeningDescriptor
) throws -> (StreamDescriptor, SocketAddress?) {
    let deadline = patience
    while SystemClock().now < deadline {
        if case .accepted(let stream, let peer) = listener.accept() {
            return (try #require(stream as? StreamDescriptor), peer)
        }
    }
    throw SystemError.timedOut
}

/// Two ends of one connection.
func pair(
    _ address: SocketAddress,
    options: DescriptorOptions = DescriptorOptions()
) throws -> (client: StreamDescriptor, server: StreamDescriptor) {
    let listener = try ListeningDescriptor.listen(on: address, backlog: 1, options: options)
    let target = try #require(listener.localAddress)
    let (client, _) = try StreamDescriptor.connect(to: target, options: options)
    let (server, _) = try connection(from: listener)
    return (client, server)
}

extension Slice where Base == UnsafeRawBufferPointer {
    var rebased: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self) }
}
