/// The server of PLAIN: it has name and password judged before it says anything.
///
///     awaiting HELLO ──ask──▶ judging ──WELCOME──▶ awaiting INITIATE ──READY──▶ ready
struct PlainServer {
    private enum Phase {
        case awaitingHello
        case judging
        case awaitingInitiate
    }

    let introduction: Introduction
    private var phase = Phase.awaitingHello

    init(introduction: Introduction) {
        self.introduction = introduction
    }

    mutating func received(
        _ command: HandshakeCommand,
        version: ProtocolVersion
    ) throws(ProtocolError) -> MechanismState.Reaction {
        switch phase {
        case .awaitingHello:
            guard let data = Self.helloData(command) else { throw command.unexpected }
            phase = .judging
            return .init(next: .ask(try Self.credentials(in: data)))
        case .judging:
            throw command.unexpected
        case .awaitingInitiate:
            guard let data = command.data(of: "INITIATE") else { throw command.unexpected }
            let peer = try introduction.peer(from: data, version: version)
            let ready = Command.encode("READY", data: introduction.bytes)
            return .init(send: ready, next: .ready(peer))
        }
    }

    mutating func accepted() -> MechanismState.Reaction {
        phase = .awaitingInitiate
        return .init(send: Command.encode("WELCOME", data: []))
    }

    /// What follows HELLO; clients of libzmq 4.3.0 and 4.3.1 wrote WELCOME under HELLO's length.
    private static func helloData(_ command: HandshakeCommand) -> UnsafeRawBufferPointer? {
        if let data = command.data(of: "HELLO") { return data }
        guard let data = command.data(of: "WELCO"), data.starts(with: Array("ME".utf8)) else {
            return nil
        }
        return UnsafeRawBufferPointer(rebasing: data[2...])
    }

    private static func credentials(
        in data: UnsafeRawBufferPointer
    ) throws(ProtocolError) -> Credentials {
        var reader = ByteReader(data)
        guard let user = reader.shortString(), let password = reader.shortString(), reader.isAtEnd
        else {
            throw ProtocolError(.malformedCommand(name: "HELLO"))
        }
        return .plain(user: [UInt8](user), password: [UInt8](password))
    }
}
