internal import Glibc

/// A blocking stream socket of the system, as a program without any library would use it.
struct RawSocket {
    private let descriptor: Int32

    /// Listens, has the address offered, and takes the first who comes.
    static func accept(_ transport: Transport, offering: (String) -> Void) throws -> RawSocket {
        let listener = try make(transport)
        defer { Glibc.close(listener) }
        let name = SocketFile.path(of: ProcessLimits.identifier)
        if transport == .ipc {
            try check(withAddress(path: name) { Glibc.bind(listener, $0, $1) }, "bind")
        } else {
            try check(withAddress(port: 0) { Glibc.bind(listener, $0, $1) }, "bind")
        }
        defer { if transport == .ipc { unlink(name) } }
        try check(listen(listener, 1), "listen")
        offering(transport == .ipc ? name : "\(try port(of: listener))")
        return try RawSocket(Glibc.accept(listener, nil, nil), transport)
    }

    /// Connects to an address that was offered.
    static func connect(_ transport: Transport, to address: String) throws -> RawSocket {
        let descriptor = try make(transport)
        if transport == .ipc {
            try check(withAddress(path: address) { Glibc.connect(descriptor, $0, $1) }, "connect")
        } else {
            let port = UInt16(address) ?? 0
            try check(withAddress(port: port) { Glibc.connect(descriptor, $0, $1) }, "connect")
        }
        return try RawSocket(descriptor, transport)
    }

    /// Small messages leave at once, as every ZeroMQ wants it.
    private init(_ descriptor: Int32, _ transport: Transport) throws {
        self.descriptor = try RawSocket.check(descriptor, "accept")
        guard transport == .tcp else { return }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
    }

    func close() { Glibc.close(descriptor) }

    /// Writes all bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { throw PerfFailure("send: \(errno)") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Reads some bytes; none at the end.
    func readSome(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        guard count >= 0 else { throw PerfFailure("recv: \(errno)") }
        return count
    }

    /// Fills the buffer; false at the end.
    func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Bool {
        var rest = buffer
        while !rest.isEmpty {
            let count = try readSome(rest)
            if count == 0 { return false }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }
}

extension RawSocket {
    private static func make(_ transport: Transport) throws -> Int32 {
        let family = transport == .ipc ? AF_UNIX : AF_INET
        let descriptor = try check(socket(family, Int32(SOCK_STREAM.rawValue), 0), "socket")
        // A floor that a timer holds back would be none. Every system has this one.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, "reno", 4)
        return descriptor
    }

    @discardableResult
    private static func check(_ result: Int32, _ call: String) throws -> Int32 {
        guard result >= 0 else { throw PerfFailure("\(call): \(errno)") }
        return result
    }

    private static func withAddress(
        port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func withAddress(
        path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: path.utf8.prefix(room.count - 1))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func port(of descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        try check(result, "getsockname")
        return UInt16(bigEndian: address.sin_port)
    }
}
