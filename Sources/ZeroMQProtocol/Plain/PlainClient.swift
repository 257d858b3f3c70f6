internal import ZeroMQCrypto

/// The client of PLAIN: it names itself and gives its password, both in clear text.
///
///     HELLO ──▶ awaiting WELCOME ──INITIATE──▶ awaiting READY ──▶ ready
struct PlainClient {
    private enum Phase {
        case awaitingWelcome
        case awaitingReady
    }

    let introduction: Introduction
    let user: [UInt8]
    let password: SecretBytes
    private var phase = Phase.awaitingWelcome

    init(introduction: Introduction, user: [UInt8], password: SecretBytes) {
        precondition(user.count <= 255 && password.count <= 255, "both were checked when set")
        self.introduction = introduction
        self.user = user
        self.password = password
    }

    func hello() -> [UInt8] {
        var data: [UInt8] = []
        data.appendShortString(user)
        password.withBytes { data.appendShortString($0) }
        defer { Wiping.wipe(&data) }
        return Command.encode("HELLO", data: data)
    }

    mutating func received(
        _ command: HandshakeCommand,
        version: ProtocolVersion
    ) throws(ProtocolError) -> MechanismState.Reaction {
        try command.checkForClient()
        switch phase {
        case .awaitingWelcome:
            guard let data = command.data(of: "WELCOME") else { throw command.unexpected }
            guard data.isEmpty else { throw ProtocolError(.malformedCommand(name: "WELCOME")) }
            phase = .awaitingReady
            return .init(send: Command.encode("INITIATE", data: introduction.bytes))
        case .awaitingReady:
            guard let data = command.data(of: "READY") else { throw command.unexpected }
            return .init(next: .ready(try introduction.peer(from: data, version: version)))
        }
    }
}
