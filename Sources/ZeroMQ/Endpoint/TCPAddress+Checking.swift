extension TCPAddress {
    /// The longest host, in octets: what the domain name system allows.
    static let longestHost = 255

    /// Throws unless the hosts have the form of a host.
    func check() throws(ZeroMQError) {
        try host.check(called: "host")
        try source?.host.check(called: "source host")
    }
}

extension TCPAddress.Host {
    /// Throws unless this is `*`, an IPv6 number, or a text that could be a name or number.
    func check(called part: String) throws(ZeroMQError) {
        guard case .text(let text) = self else { return }
        let octets = text.utf8
        if octets.isEmpty {
            throw .badEndpoint("the \(part) is empty", hint: "* listens on every interface")
        }
        if octets.count > TCPAddress.longestHost {
            throw .badEndpoint(
                "the \(part) \(quoted(text)) is longer than \(TCPAddress.longestHost) octets"
            )
        }
        if octets.contains(UInt8(ascii: ":")) {
            guard IPv6Text.isAddress(octets[...]) else {
                throw .badEndpoint("the \(part) \(quoted(text)) is no IPv6 address")
            }
            return
        }
        if let culprit = octets.first(where: Self.isForbidden) {
            throw .badEndpoint(
                "the \(part) \(quoted(text)) contains \(Self.name(of: culprit)), "
                    + "which no host or interface name can"
            )
        }
    }

    /// Octets that would change the meaning of an endpoint, or that no resolver takes.
    private static func isForbidden(_ octet: UInt8) -> Bool {
        octet <= UInt8(ascii: " ") || octet == 0x7f || "[];:/*".utf8.contains(octet)
    }

    private static func name(of octet: UInt8) -> String {
        switch octet {
        case 0: "a zero octet"
        case UInt8(ascii: " "): "a space"
        case ..<0x20, 0x7f: "a control character"
        default: "\"\(Unicode.Scalar(octet))\""
        }
    }
}
