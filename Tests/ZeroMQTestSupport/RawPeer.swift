internal import Glibc

/// One end of a connection in the hands of a test: sends any bytes, reads what comes.
///
/// For one thread at a time.
public final class RawPeer: @unchecked Sendable {
    // Sendable because a test hands it from one thread to the next and never shares it.

    private var descriptor: Int32
    private var unread: [UInt8] = []
    private var unreadStart = 0

    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    deinit { close() }

    /// Connects to `tcp://127.0.0.1:port` or `ipc://path`.
    public convenience init(connectingTo endpoint: String) throws {
        let descriptor = try RawDescriptor.open(endpoint)
        self.init(owning: descriptor)
        let result = try RawDescriptor.withAddress(of: endpoint) {
            connect(descriptor, $0, $1)
        }
        _ = try RawDescriptor.check("connect", result)
    }

    public func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// The IPv4 address at the other end, or nil if there is none.
    public var peerHost: String? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(descriptor, $0, &size)
            }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        let host = withUnsafeBytes(of: address.sin_addr) { Array($0) }
        return host.map { "\($0)" }.joined(separator: ".")
    }

    /// Sends a FIN; reading goes on.
    public func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: Sending

    /// Sends all bytes. False if the connection broke, or nobody took them for so long.
    @discardableResult
    public func send(_ bytes: [UInt8], milliseconds: Int32 = 10_000) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor,
                    $0.baseAddress?.advanced(by: sent),
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                )
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                let isReady = RawDescriptor.wait(
                    descriptor,
                    for: POLLOUT,
                    milliseconds: milliseconds
                )
                guard isReady else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Sends what the kernel takes at once, or waits for it to take something. How many bytes that
    /// was, 0 if it took none in so long, less if the connection broke.
    public func sendSome(_ bytes: ArraySlice<UInt8>, milliseconds: Int32) -> Int {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let count = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
        }
        guard count < 0 else { return count }
        guard errno == EAGAIN || errno == EINTR else { return -1 }
        _ = RawDescriptor.wait(descriptor, for: POLLOUT, milliseconds: milliseconds)
        return 0
    }

    // MARK: Receiving

    /// Reads exactly this many bytes.
    public func receive(_ count: Int, milliseconds: Int32 = 10_000) throws -> [UInt8] {
        while unread.count - unreadStart < count {
            guard try fill(milliseconds: milliseconds) else { throw RawPeerError.closed }
        }
        defer { unreadStart += count }
        return Array(unread[unreadStart..<unreadStart + count])
    }

    /// Reads one frame.
    public func receiveFrame(milliseconds: Int32 = 10_000) throws -> RawFrame {
        let flags = try receive(1, milliseconds: milliseconds)[0]
        let size = try receive(flags & 2 == 0 ? 1 : 8, milliseconds: milliseconds)
        let count = size.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let body = try receive(Int(clamping: count), milliseconds: milliseconds)
        return RawFrame(flags: flags, body: body)
    }

    /// Reads until the connection ends. False if it was still there after so long without bytes.
    public func waitForClose(milliseconds: Int32 = 10_000) -> Bool {
        do {
            while try fill(milliseconds: milliseconds) {}
            return true
        } catch {
            return (error as? RawPeerError) != .timedOut
        }
    }

    /// Watches the connection for so long. True if neither bytes nor an end came.
    public func isSilent(milliseconds: Int32) -> Bool {
        unread.count == unreadStart
            && !RawDescriptor.wait(descriptor, for: POLLIN, milliseconds: milliseconds)
    }

    /// Takes what has arrived, and how much that was. False at the end of the connection.
    private func fill(milliseconds: Int32) throws -> Bool {
        guard RawDescriptor.wait(descriptor, for: POLLIN, milliseconds: milliseconds) else {
            throw RawPeerError.timedOut
        }
        unread.removeFirst(unreadStart)
        unreadStart = 0
        return try withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 8) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            guard count >= 0 else { throw RawPeerError.systemCall("recv", errno: errno) }
            unread += UnsafeRawBufferPointer(rebasing: buffer[..<count])
            return count > 0
        }
    }

    // MARK: Handshake

    /// Sends greeting and READY, and reads the other side's, of which so many bytes were read
    /// before.
    @discardableResult
    public func shakeHands(
        as type: String,
        identity: [UInt8]? = nil,
        minor: UInt8 = 1,
        after received: Int = 0
    ) throws -> RawFrame {
        send(Wire.greeting(minor: minor) + Wire.ready(type, identity: identity))
        _ = try receive(64 - received)
        return try receiveFrame()
    }
}

/// A listening socket whose connections are raw peers.
public final class RawServer: @unchecked Sendable {
    // Sendable because a test hands it from one thread to the next and never shares it.

    private var descriptor: Int32
    /// Where to connect.
    public let endpoint: String

    /// Listens on a free port of the loopback interface, or at a path of its own.
    public init(backlog: Int32 = 100, isLocal: Bool = false) throws {
        let path = "ipc:///tmp/zeromq-tests-raw-\(UInt64.random(in: 0 ... .max))"
        let any = isLocal ? path : "tcp://127.0.0.1:0"
        let descriptor = try RawDescriptor.open(any)
        self.descriptor = descriptor
        let bound = try RawDescriptor.withAddress(of: any) { bind(descriptor, $0, $1) }
        _ = try RawDescriptor.check("bind", bound)
        _ = try RawDescriptor.check("listen", Glibc.listen(descriptor, backlog))
        guard !isLocal else {
            endpoint = path
            return
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &size)
            }
        }
        endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
        if endpoint.hasPrefix("ipc://") { _ = unlink(String(endpoint.dropFirst(6))) }
    }

    /// Gives the descriptor away to somebody who closes it.
    public func release() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    /// Takes the next connection.
    public func accept(milliseconds: Int32 = 10_000) throws -> RawPeer {
        guard RawDescriptor.wait(descriptor, for: POLLIN, milliseconds: milliseconds) else {
            throw RawPeerError.timedOut
        }
        return RawPeer(
            owning: try RawDescriptor.check("accept", Glibc.accept(descriptor, nil, nil))
        )
    }
}
