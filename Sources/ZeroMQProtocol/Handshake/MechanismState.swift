/// The half of a handshake that follows the greeting, in whichever mechanism and role.
enum MechanismState {
    case null(NullMechanism)
    case plainClient(PlainClient)
    case plainServer(PlainServer)
    case curveClient(CurveClient)
    case curveServer(CurveServer)

    /// What comes of a step: bytes to send, and how it goes on.
    struct Reaction {
        enum Next {
            case needMore
            /// Nothing more may be received until the credentials have been judged.
            case ask(Credentials)
            case ready(PeerInfo)
        }

        var send: [UInt8] = []
        var next = Next.needMore
    }

    init(_ security: Security, _ introduction: Introduction) {
        switch security {
        case .null(let asks):
            self = .null(NullMechanism(introduction: introduction, asksAuthenticator: asks))
        case .plainClient(let user, let password):
            self = .plainClient(
                PlainClient(introduction: introduction, user: user, password: password)
            )
        case .plainServer:
            self = .plainServer(PlainServer(introduction: introduction))
        case .curveClient(let keys, let server, let entropy):
            self = .curveClient(
                CurveClient(introduction, keys: keys, server: server, entropy: entropy)
            )
        case .curveServer(let keys, let entropy):
            self = .curveServer(CurveServer(introduction, keys: keys, entropy: entropy))
        }
    }

    /// The peer's mechanism is ours: what to send first.
    mutating func begin() throws(ProtocolError) -> Reaction {
        switch self {
        case .null(let state):
            return state.begin()
        case .plainClient(let state):
            return Reaction(send: state.hello())
        case .curveClient(var state):
            defer { self = .curveClient(state) }
            return Reaction(send: try state.hello())
        case .plainServer, .curveServer:
            return Reaction()
        }
    }

    /// Judges one command of the peer.
    mutating func received(
        _ command: HandshakeCommand,
        version: ProtocolVersion
    ) throws(ProtocolError) -> Reaction {
        switch self {
        case .null(let state):
            return try state.received(command, version: version)
        case .plainClient(var state):
            defer { self = .plainClient(state) }
            return try state.received(command, version: version)
        case .plainServer(var state):
            defer { self = .plainServer(state) }
            return try state.received(command, version: version)
        case .curveClient(var state):
            defer { self = .curveClient(state) }
            return try state.received(command, version: version)
        case .curveServer(var state):
            defer { self = .curveServer(state) }
            return try state.received(command, version: version)
        }
    }

    /// The credentials were found good.
    mutating func accepted() -> Reaction {
        switch self {
        case .null(let state):
            return state.accepted()
        case .plainServer(var state):
            defer { self = .plainServer(state) }
            return state.accepted()
        case .curveServer(var state):
            defer { self = .curveServer(state) }
            return state.accepted()
        case .plainClient, .curveClient:
            preconditionFailure("a client asks nobody")
        }
    }

    /// Whether messages have to be sealed from now on, and with what.
    var traffic: CurveTraffic? {
        switch self {
        case .null, .plainClient, .plainServer: nil
        case .curveClient(let state): state.traffic
        case .curveServer(let state): state.traffic
        }
    }
}
