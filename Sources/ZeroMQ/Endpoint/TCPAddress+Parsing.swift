extension TCPAddress {
    /// Reads the part of an endpoint after `tcp://`. Hosts are judged later, by `check`.
    init(parsing text: String) throws(ZeroMQError) {
        let bytes = text.utf8
        guard let semicolon = bytes.lastIndex(of: UInt8(ascii: ";")) else {
            (host, port) = try Self.place(bytes[...], of: "address")
            return
        }
        let (sourceHost, sourcePort) = try Self.place(bytes[..<semicolon], of: "source address")
        (host, port) = try Self.place(bytes[semicolon...].dropFirst(), of: "address")
        source = Source(host: sourceHost, port: sourcePort)
    }

    /// Reads `host:port`. The last colon outside brackets divides the two.
    private static func place(
        _ bytes: Substring.UTF8View,
        of part: String
    ) throws(ZeroMQError) -> (Host, Port) {
        let text = String(decoding: bytes, as: UTF8.self)
        let afterHost = try endOfBrackets(bytes, of: part)
        guard let colon = bytes[afterHost...].lastIndex(of: UInt8(ascii: ":")) else {
            throw .badEndpoint(
                "the \(part) \(quoted(text)) has no port",
                hint: "write host:port, for example 127.0.0.1:5555"
            )
        }
        let host = String(decoding: bytes[..<colon], as: UTF8.self)
        let port = String(decoding: bytes[colon...].dropFirst(), as: UTF8.self)
        guard !host.isEmpty else {
            throw .badEndpoint(
                "the \(part) \(quoted(text)) has no host",
                hint: "* listens on every interface"
            )
        }
        if afterHost == bytes.startIndex, host.utf8.contains(UInt8(ascii: ":")) {
            throw .badEndpoint(
                "the host \(quoted(host)) of the \(part) contains a colon",
                hint: "IPv6 addresses stand in brackets: tcp://[::1]:5555"
            )
        }
        return (Host(host), try Port(parsing: port))
    }

    /// Where a bracketed host ends; the beginning if there are no brackets.
    private static func endOfBrackets(
        _ bytes: Substring.UTF8View,
        of part: String
    ) throws(ZeroMQError) -> Substring.UTF8View.Index {
        guard bytes.first == UInt8(ascii: "[") else { return bytes.startIndex }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let closing = bytes.firstIndex(of: UInt8(ascii: "]")) else {
            throw .badEndpoint("the bracket in the \(part) \(quoted(text)) is not closed")
        }
        let bracketed = bytes[...closing].dropFirst().dropLast()
        guard IPv6Text.isAddress(bracketed) else {
            throw .badEndpoint(
                "the text in the brackets of the \(part) \(quoted(text)) is no IPv6 address"
            )
        }
        let end = bytes.index(after: closing)
        guard end == bytes.endIndex || bytes[end] == UInt8(ascii: ":") else {
            throw .badEndpoint("text follows the bracket in the \(part) \(quoted(text))")
        }
        return end
    }
}

extension TCPAddress.Port {
    /// Reads a port: digits, or `*`.
    init(parsing text: String) throws(ZeroMQError) {
        let bytes = text.utf8
        if bytes.elementsEqual("*".utf8) {
            self = .ephemeral
            return
        }
        if bytes.isEmpty {
            throw .badEndpoint("the port is empty", hint: Self.rangeHint)
        }
        guard bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw .badEndpoint("the port \(quoted(text)) is not a number", hint: Self.rangeHint)
        }
        guard bytes.count <= 5, let number = UInt16(text) else {
            throw .badEndpoint("the port \(quoted(text)) is above 65535", hint: Self.rangeHint)
        }
        self.init(number)
    }

    private static let rangeHint = "ports are 1 to 65535; 0 or * lets the system choose"
}
