internal import CLibrary

extension SocketAddress {
    /// Reads a numeric host, such as `10.0.0.1`, `::1` or `fe80::1%eth0`; nil for a name.
    ///
    /// An IPv6 host may be in brackets, as in an endpoint.
    package init?(numericHost: String, port: UInt16) {
        // The C functions stop at a zero byte and would accept the part before it.
        guard !numericHost.utf8.contains(0) else { return nil }
        if numericHost.hasPrefix("["), numericHost.hasSuffix("]"), numericHost.utf8.count > 2 {
            self.init(numericIPv6: numericHost.dropFirst().dropLast(), port: port)
        } else if numericHost.utf8.contains(UInt8(ascii: ":")) {
            self.init(numericIPv6: numericHost[...], port: port)
        } else {
            self.init(numericIPv4: numericHost, port: port)
        }
    }

    private init?(numericIPv4 text: String, port: UInt16) {
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        self = .ipv4(UInt32(bigEndian: address.s_addr), port: port)
    }

    private init?(numericIPv6 text: Substring, port: UInt16) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var scope: UInt32 = 0
        if parts.count == 2 {
            guard let index = Self.interfaceIndex(parts[1]) else { return nil }
            scope = index
        }
        var address = in6_addr()
        guard let host = parts.first, inet_pton(AF_INET6, String(host), &address) == 1 else {
            return nil
        }
        let (high, low) = Self.halves(of: address)
        self = .ipv6(high: high, low: low, scope: scope, port: port)
    }

    /// The number of an interface given by name or by number.
    private static func interfaceIndex(_ text: Substring) -> UInt32? {
        if let number = UInt32(text) { return number == 0 ? nil : number }
        let index = if_nametoindex(String(text))
        return index == 0 ? nil : index
    }

    /// The two halves of a kernel IPv6 address, in the order a person reads them.
    static func halves(of address: in6_addr) -> (high: UInt64, low: UInt64) {
        withUnsafeBytes(of: address) { bytes in
            let high = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            let low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            return (UInt64(bigEndian: high), UInt64(bigEndian: low))
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// The address as endpoints write it: `127.0.0.1:5555`, `[::1]:5555`, a path, or `@name`.
    package var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, _, _, let port): "[\(host)]:\(port)"
        case .unixPath, .unixAbstract: host
        }
    }

    /// The address without its port and without brackets.
    package var host: String {
        switch self {
        case .ipv4(let host, _):
            "\(host >> 24).\(host >> 16 & 255).\(host >> 8 & 255).\(host & 255)"
        case .ipv6(let high, let low, let scope, _):
            Self.textOfIPv6(high, low) + (scope == 0 ? "" : "%\(Self.interfaceName(scope))")
        case .unixPath(let path):
            path
        case .unixAbstract(let name):
            "@" + String(decoding: name, as: UTF8.self)
        }
    }

    private static func textOfIPv6(_ high: UInt64, _ low: UInt64) -> String {
        var words = (high.bigEndian, low.bigEndian)
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(AF_INET6, &words, &text, socklen_t(INET6_ADDRSTRLEN))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func interfaceName(_ index: UInt32) -> String {
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(index, &name) != nil else { return "\(index)" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
