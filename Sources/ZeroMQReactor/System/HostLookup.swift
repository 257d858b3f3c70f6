internal import CLibrary
internal import CZeroMQKernel

/// Which kinds of address a lookup may return.
package enum AddressFamily: Sendable, Hashable {
    case ipv4
    case ipv6
    /// Both, in the order the system prefers.
    case any

    func contains(_ address: SocketAddress) -> Bool {
        switch self {
        case .ipv4: !address.isIPv6
        case .ipv6: address.isIPv6
        case .any: true
        }
    }
}

/// Why a name lookup failed.
package enum ResolutionError: Error, Sendable, Hashable {
    /// The name does not exist, or has no address of the wanted kind.
    case notFound
    /// The name service does not answer now; a later attempt may succeed.
    case temporaryFailure
    /// The lookup failed for another reason, in the C library's words.
    case failed(String)
    /// The system refused to do a lookup.
    case system(SystemError)
    /// Too many lookups are waiting; a later attempt may succeed.
    case crowded
    /// The resolver was stopped.
    case cancelled
}

/// The C library's blocking lookup.
package enum HostLookup {
    /// Whether this machine itself can answer, judged by the name: names for the machine itself,
    /// and forms of an address that only the C library knows, such as `127.1`.
    static func isLocal(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast().lowercased() : host.lowercased()
        if ownNames.contains(name) || name.hasSuffix(".localhost") { return true }
        let last = name.utf8.split(separator: UInt8(ascii: ".")).last?.first
        return last.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    private static let ownNames: Set<String> = [
        "localhost", "localhost4", "localhost6", "localhost.localdomain", "ip6-localhost",
        "ip6-loopback",
    ]

    /// Looks up a host, blocking for as long as the name service takes.
    package static func perform(
        _ host: String,
        _ family: AddressFamily
    ) -> Result<[SocketAddress], ResolutionError> {
        // The C function stops at a zero byte and would look up the part before it.
        guard !host.isEmpty, !host.utf8.contains(0) else { return .failure(.notFound) }
        var hints = addrinfo()
        hints.ai_socktype = zeromq_sock_stream
        hints.ai_family =
            switch family {
            case .ipv4: AF_INET
            case .ipv6: AF_INET6
            case .any: AF_UNSPEC
            }
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { return .failure(error(status)) }
        defer { freeaddrinfo(list) }
        let addresses = self.addresses(in: list)
        return addresses.isEmpty ? .failure(.notFound) : .success(addresses)
    }

    /// The distinct addresses of a result list, in its order.
    private static func addresses(in list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        var found: [SocketAddress] = []
        var known: Set<SocketAddress> = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let pointer = entry.ai_addr else { continue }
            let length = Int(entry.ai_addrlen)
            guard let address = SocketAddress(kernelAddress: pointer, length: length),
                known.insert(address).inserted
            else { continue }
            found.append(address)
        }
        return found
    }

    private static func error(_ status: Int32) -> ResolutionError {
        switch status {
        // −5 is "no address of this kind"; the headers hide its name from Swift.
        case EAI_NONAME, -5: .notFound
        case EAI_AGAIN: .temporaryFailure
        case EAI_SYSTEM: .system(.current)
        default: .failed(String(cString: gai_strerror(status)))
        }
    }
}
