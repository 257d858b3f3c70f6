internal import CLibrary
internal import CZeroMQKernel

/// The network interfaces of this machine.
package enum NetworkInterface {
    /// The IPv4 and then the IPv6 addresses of an interface; empty if there is no such interface.
    package static func addresses(named name: String) -> [SocketAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard String(cString: entry.ifa_name) == name, let address = entry.ifa_addr,
                let parsed = internetAddress(address)
            else { continue }
            found.append(parsed)
        }
        return found.filter { !$0.isIPv6 } + found.filter(\.isIPv6)
    }

    /// Reads an internet address of the interface list; nil for link-layer entries.
    private static func internetAddress(_ address: UnsafeMutablePointer<sockaddr>) -> SocketAddress?
    {
        // The list contains no lengths: the family determines how much may be read.
        let length: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        return SocketAddress(kernelAddress: address, length: length)
    }
}
