/// The handshake of a connection without security: one READY in each direction.
///
/// Neither side waits for the other's READY before it sends its own, unless the socket has to be
/// asked first whether the peer may enter.
struct NullMechanism {
    let introduction: Introduction
    let asksAuthenticator: Bool

    /// The frame to send as soon as the peer's mechanism has been checked, or a question.
    func begin() -> MechanismState.Reaction {
        asksAuthenticator ? .init(next: .ask(.null)) : .init(send: ready)
    }

    func accepted() -> MechanismState.Reaction { .init(send: ready) }

    private var ready: [UInt8] { Command.encode("READY", data: introduction.bytes) }

    /// Judges the peer's one command.
    func received(
        _ command: HandshakeCommand,
        version: ProtocolVersion
    ) throws(ProtocolError) -> MechanismState.Reaction {
        if let data = command.data(of: "READY") {
            return .init(next: .ready(try introduction.peer(from: data, version: version)))
        }
        if let refusal = try command.refusal(ofCredentials: false) { throw refusal }
        throw command.unexpected
    }
}
