extension TCPAddress {
    /// The longest host, in bytes: what the domain name system allows.
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
        let bytes = text.utf8
        if bytes.isEmpty {
            throw .badEndpoint("the \(part) is empty", hint: "* listens on every interface")
        }
        if bytes.count > TCPAddress.longestHost {
            throw .badEndpoint(
                "the \(part) \(quoted(text)) is longer than \(TCPAddress.longestHost) bytes"
            )
        }
        if bytes.contains(UInt8(ascii: ":")) {
            guard IPv6Text.isAddress(bytes[...]) else {
                throw .badEndpoint("the \(part) \(quoted(text)) is no IPv6 address")
            }
            return
        }
        if let culprit = bytes.first(where: Self.isForbidden) {
            throw .badEndpoint(
                "the \(part) \(quoted(text)) contains \(Self.name(of: culprit)), "
                    + "which no host or interface name can"
            )
        }
    }

    /// Bytes that would change the meaning of an endpoint, or that no resolver takes.
    private static func isForbidden(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ") || byte == 0x7f || "[];:/*".utf8.contains(byte)
    }

    private static func name(of byte: UInt8) -> String {
        switch byte {
        case 0: "a zero byte"
        case UInt8(ascii: " "): "a space"
        case ..<0x20, 0x7f: "a control character"
        default: "\"\(Unicode.Scalar(byte))\""
        }
    }
}
