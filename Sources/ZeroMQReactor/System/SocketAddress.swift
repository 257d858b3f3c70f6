/// The address of a stream socket: an internet address with a port, or a Unix name.
package enum SocketAddress: Sendable, Hashable {
    /// An IPv4 address, its first byte in the highest bits.
    case ipv4(UInt32, port: UInt16)
    /// An IPv6 address in two halves, and the interface that a link-local one belongs to.
    case ipv6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    /// A Unix socket with a path; empty for a socket that was never bound.
    case unixPath(String)
    /// A Unix socket in the abstract namespace, without its leading zero.
    case unixAbstract([UInt8])
}

extension SocketAddress {
    /// The longest Unix name that a kernel address can hold beside its terminator.
    package static let longestUnixName = 107

    /// All IPv4 interfaces.
    package static func anyIPv4(port: UInt16) -> SocketAddress {
        .ipv4(0, port: port)
    }

    /// All IPv6 interfaces.
    package static func anyIPv6(port: UInt16) -> SocketAddress {
        .ipv6(high: 0, low: 0, scope: 0, port: port)
    }

    /// The IPv4 loopback address.
    package static func loopback(port: UInt16) -> SocketAddress {
        .ipv4(0x7f00_0001, port: port)
    }

    /// A Unix path, or nil when it is empty, too long, or contains a zero.
    package static func unix(path: String) -> SocketAddress? {
        let bytes = path.utf8
        guard (1...longestUnixName).contains(bytes.count), !bytes.contains(0) else { return nil }
        return .unixPath(path)
    }

    /// A name in the abstract namespace, or nil when it is empty or too long.
    package static func unix(abstract name: String) -> SocketAddress? {
        guard (1...longestUnixName).contains(name.utf8.count) else { return nil }
        return .unixAbstract(Array(name.utf8))
    }

    /// The port, or nil for a Unix socket.
    package var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, _, let port): port
        case .unixPath, .unixAbstract: nil
        }
    }

    /// The same address with another port; a Unix address has none and stays as it is.
    package func with(port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let host, _): .ipv4(host, port: port)
        case .ipv6(let high, let low, let scope, _):
            .ipv6(high: high, low: low, scope: scope, port: port)
        case .unixPath, .unixAbstract: self
        }
    }

    /// Whether this is an IPv6 address.
    package var isIPv6: Bool {
        if case .ipv6 = self { return true }
        return false
    }

    /// Whether this is an internet address, as opposed to a Unix name.
    package var isInternet: Bool { port != nil }

    /// Whether this is a loopback address.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let host, _): host >> 24 == 127
        case .ipv6(0, let low, _, _): low == 1 || low >> 24 == 0xffff_7f
        case .ipv6, .unixPath, .unixAbstract: false
        }
    }

    /// Whether this means every interface of its family.
    package var isWildcard: Bool {
        switch self {
        case .ipv4(let host, _): host == 0
        case .ipv6(let high, let low, _, _): high == 0 && low == 0
        case .unixPath, .unixAbstract: false
        }
    }
}
