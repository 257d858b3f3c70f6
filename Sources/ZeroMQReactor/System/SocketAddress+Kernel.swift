internal import CLibrary

/// Translation to and from the C library's socket addresses.
extension SocketAddress {
    /// The offset of a Unix address's name.
    private static let nameOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2

    /// The address family, such as `AF_INET`.
    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unixPath, .unixAbstract: AF_UNIX
        }
    }

    /// Passes the address in the form that the kernel reads.
    func withKernelAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch self {
        case .ipv4(let host, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = host.bigEndian
            return Self.lend(&address, MemoryLayout<sockaddr_in>.size, body)
        case .ipv6(let high, let low, let scope, let port):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
                bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return Self.lend(&address, MemoryLayout<sockaddr_in6>.size, body)
        case .unixPath(let path):
            // The terminator is part of a path's address.
            return Self.lendUnix(Array(path.utf8) + [0], body)
        case .unixAbstract(let name):
            // A leading zero and no terminator: only the length ends an abstract name.
            return Self.lendUnix([0] + name, body)
        }
    }

    private static func lendUnix<Result>(
        _ name: [UInt8],
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        precondition(name.count <= longestUnixName + 1, "A Unix name is checked when it is made.")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        return lend(&address, nameOffset + name.count, body)
    }

    private static func lend<Address, Result>(
        _ address: inout Address,
        _ length: Int,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                body(rebound, socklen_t(length))
            }
        }
    }

    /// Reads an address that the kernel wrote; nil for a family that this library does not support.
    init?(kernelAddress pointer: UnsafeRawPointer, length: Int) {
        guard length >= MemoryLayout<sa_family_t>.size else { return nil }
        switch Int32(pointer.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let address = pointer.loadUnaligned(as: sockaddr_in.self)
            let host = UInt32(bigEndian: address.sin_addr.s_addr)
            self = .ipv4(host, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let address = pointer.loadUnaligned(as: sockaddr_in6.self)
            let (high, low) = Self.halves(of: address.sin6_addr)
            let port = UInt16(bigEndian: address.sin6_port)
            self = .ipv6(high: high, low: low, scope: address.sin6_scope_id, port: port)
        case AF_UNIX:
            let count = max(0, length - Self.nameOffset)
            let name = UnsafeRawBufferPointer(start: pointer + Self.nameOffset, count: count)
            if name.first == 0, count > 1 {
                self = .unixAbstract(Array(name.dropFirst()))
            } else {
                self = .unixPath(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            }
        default:
            return nil
        }
    }

    /// The address a socket is bound to.
    package static func localAddress(of descriptor: Int32) -> SocketAddress? {
        query { getsockname(descriptor, $0, $1) }
    }

    /// The address a socket is connected to, or nil when it is not connected.
    package static func peerAddress(of descriptor: Int32) -> SocketAddress? {
        query { getpeername(descriptor, $0, $1) }
    }

    /// Makes a kernel call that fills in an address, and reads the address.
    static func query(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        let capacity = MemoryLayout<sockaddr_storage>.size
        var length = socklen_t(capacity)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let status = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                call(rebound, &length)
            }
            guard status == 0 else { return nil }
            // The kernel reports the length it wanted to write, which may exceed the space given.
            return SocketAddress(kernelAddress: pointer, length: min(Int(length), capacity))
        }
    }
}
