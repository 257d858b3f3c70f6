/// One frame of a handshake, taken for a command as libzmq takes every frame of a handshake.
///
/// It borrows the bytes, like the reader that made it.
struct HandshakeCommand {
    let body: UnsafeRawBufferPointer
    let flags: FrameFlags
    private let command: Command?

    init(_ body: UnsafeRawBufferPointer, flags: FrameFlags) {
        self.body = body
        self.flags = flags
        command = Command(body)
    }

    /// What follows a name, if the command has this one.
    func data(of name: StaticString) -> UnsafeRawBufferPointer? {
        guard let command, command.isNamed(name) else { return nil }
        return command.data
    }

    /// The error of a command that does not belong here.
    var unexpected: ProtocolError {
        guard let command else {
            return flags.contains(.command)
                ? ProtocolError(.malformedCommand(name: "(unnamed)"))
                : ProtocolError(.unexpectedCommand(name: "a message"))
        }
        guard flags.contains(.command) else {
            return ProtocolError(.unexpectedCommand(name: "a message"))
        }
        return ProtocolError(.unexpectedCommand(name: Escaping.text(command.name)))
    }

    // MARK: ERROR

    /// The error that an ERROR of the peer means, if it is one.
    ///
    /// After credentials were given, a status code says what became of them.
    /// libzmq's PLAIN server misspells it: a C escape swallowed the E and with it the length.
    func refusal(ofCredentials areGiven: Bool = true) throws(ProtocolError) -> ProtocolError? {
        guard let data = data(of: "ERROR") ?? misspeltErrorData else { return nil }
        var reader = ByteReader(data)
        guard let reason = reader.shortString() else {
            throw ProtocolError(.malformedCommand(name: "ERROR"))
        }
        let text = Escaping.text(reason)
        return areGiven && Self.statusCodes.contains(text)
            ? ProtocolError(.authenticationRefused(code: text))
            : ProtocolError(.refusedByPeer(reason: text))
    }

    /// What a client looks at before anything else: a refusal, or a HELLO, which another client
    /// would say.
    func checkForClient() throws(ProtocolError) {
        if let refusal = try refusal() { throw refusal }
        if data(of: "HELLO") != nil { throw ProtocolError(.roleConflict(.clients)) }
    }

    private static let statusCodes: Set<String> = ["300", "400", "500"]
    private static let misspeltError: [UInt8] = [0x5e, 0x52, 0x52, 0x4f, 0x52]

    private var misspeltErrorData: UnsafeRawBufferPointer? {
        guard command == nil, body.starts(with: Self.misspeltError) else { return nil }
        return UnsafeRawBufferPointer(rebasing: body[Self.misspeltError.count...])
    }

    /// The ERROR frame that tells a peer the status of its refusal.
    static func error(_ verdict: Verdict) -> [UInt8] { error(saying: verdict.code) }

    /// The ERROR frame that tells a peer why it is refused.
    static func error(saying reason: String) -> [UInt8] {
        var data: [UInt8] = []
        data.appendShortString(reason.utf8.prefix(255))
        return Command.encode("ERROR", data: data)
    }
}
