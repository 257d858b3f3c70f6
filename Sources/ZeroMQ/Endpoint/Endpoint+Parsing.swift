extension Endpoint {
    /// Reads an endpoint from its text, such as `tcp://127.0.0.1:5555`.
    /// - Throws: `invalidEndpoint`, `unsupportedTransport`, `pathTooLong`; the error names the
    ///   faulty part.
    public init(_ text: String) throws(ZeroMQError) {
        guard !text.isEmpty else {
            throw .badEndpoint("the endpoint is empty", hint: Self.exampleHint)
        }
        guard let (transport, rest) = Self.split(text) else {
            throw .badEndpoint(
                "the endpoint \(quoted(text)) has no transport followed by \"://\"",
                hint: Self.exampleHint
            )
        }
        switch transport {
        case "tcp": address = .tcp(try TCPAddress(parsing: rest))
        case "ipc": address = .ipc(IPCAddress(rest))
        case "inproc": address = .inproc(rest)
        default: throw Self.unknownTransport(transport)
        }
        try check()
    }

    static let formHint = "use tcp://host:port, tcp://[::1]:port, ipc://path or inproc://name"
    private static let exampleHint = "write for example tcp://127.0.0.1:5555"

    /// The parts before and after the first `://`, found by bytes: a combining character may
    /// follow the slash, and is then no part of it.
    private static func split(_ text: String) -> (transport: String, rest: String)? {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon != bytes.startIndex
        else { return nil }
        let tail = bytes[colon...]
        guard tail.starts(with: "://".utf8) else { return nil }
        return (String(text[..<colon]), String(decoding: tail.dropFirst(3), as: UTF8.self))
    }

    private static func unknownTransport(_ transport: String) -> ZeroMQError {
        let known = ["tcp", "ipc", "inproc"].contains(transport.lowercased())
        return ZeroMQError(
            .unsupportedTransport,
            "the transport \(quoted(transport)) is not known",
            hint: known
                ? "transports are written in small letters" : "use tcp, ipc or inproc"
        )
    }
}

/// A part of an endpoint as error sentences quote it: in one line, and not too long.
func quoted(_ text: String) -> String {
    let limit = 64
    let bytes = text.utf8.count
    if bytes <= limit { return "\"\(text.escapingControlCharacters)\"" }
    let beginning = String(text.unicodeScalars.prefix(limit / 2))
    return "\"\(beginning.escapingControlCharacters)…\" (\(bytes) bytes)"
}

extension ZeroMQError {
    /// A refusal of an endpoint or of one of its parts.
    static func badEndpoint(
        _ sentence: String,
        endpoint: Endpoint? = nil,
        hint: String = Endpoint.formHint
    ) -> ZeroMQError {
        ZeroMQError(.invalidEndpoint, sentence, endpoint: endpoint, hint: hint)
    }
}
