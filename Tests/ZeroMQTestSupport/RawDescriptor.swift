internal import Glibc

/// What a raw peer could not do.
public enum RawPeerError: Error, Equatable {
    case systemCall(String, errno: Int32)
    case closed
    case timedOut
    case badEndpoint(String)
}

/// Waiting for a descriptor, and making addresses of endpoints.
enum RawDescriptor {
    static func open(_ endpoint: String) throws -> Int32 {
        let family = endpoint.hasPrefix("ipc://") ? AF_UNIX : AF_INET
        return try check("socket", socket(family, Int32(SOCK_STREAM.rawValue), 0))
    }

    static func check(_ name: String, _ result: Int32) throws -> Int32 {
        guard result >= 0 else { throw RawPeerError.systemCall(name, errno: errno) }
        return result
    }

    /// True if the descriptor became ready in time.
    static func wait(_ descriptor: Int32, for events: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }

    /// Calls with the address of `tcp://127.0.0.1:port` or `ipc://path`.
    static func withAddress<Value>(
        of endpoint: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) throws -> Value {
        if endpoint.hasPrefix("ipc://") {
            return withLocalAddress(Array(endpoint.dropFirst(6).utf8), body)
        }
        guard let colon = endpoint.lastIndex(of: ":"),
            let port = UInt16(endpoint[endpoint.index(after: colon)...])
        else { throw RawPeerError.badEndpoint(endpoint) }
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

    private static func withLocalAddress<Value>(
        _ path: [UInt8],
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// How many descriptors of this process have `endpoint` as their own address.
    static func count(at endpoint: String) throws -> Int {
        try withAddress(of: endpoint) { wanted, size in
            (0..<4096).count { number in
                var storage = sockaddr_storage()
                return withUnsafeMutablePointer(to: &storage) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                        guard getsockname(Int32(number), address, &length) == 0 else {
                            return false
                        }
                        return isSame(address, wanted, size)
                    }
                }
            }
        }
    }

    private static func isSame(
        _ left: UnsafePointer<sockaddr>,
        _ right: UnsafePointer<sockaddr>,
        _ size: socklen_t
    ) -> Bool {
        guard left.pointee.sa_family == right.pointee.sa_family else { return false }
        return memcmp(left, right, left.pointee.sa_family == sa_family_t(AF_UNIX) ? Int(size) : 8)
            == 0
    }
}

/// How many descriptors of this process have `endpoint` as their own address, listener included.
///
/// Other tests run in the same process, so all descriptors together would say nothing.
public func descriptorCount(at endpoint: String) throws -> Int {
    try RawDescriptor.count(at: endpoint)
}
