/// Greeting and mechanism of one connection, from its first byte to READY.
///
///     idle ──opened──▶ greeting ──64 bytes──▶ mechanism ──READY──▶ finished
///                         │                     ▲     │                ▲
///                         │            answered │     ▼ asked          │
///                         │                     judging                │
///                         └──────── failed ────────┴──────────────────▶┘
///
/// It is fed bytes and answers with bytes; descriptors and the time limit are its owner's. So is
/// the question whether a peer may enter.
package struct Handshake: ~Copyable {
    package enum Outcome: Sendable, Equatable {
        case needMore
        /// The owner has to judge the peer: the answer goes to `answered`, and nothing that the
        /// peer sends before that is right.
        case ask(Credentials)
        /// The peer has said who it is, and the owner has to say whether there is a place for it:
        /// the answer is `admitted` or `dismissal`. Bytes that were not consumed are traffic.
        case introduced(PeerInfo)
        /// The handshake is over; bytes that were not consumed are traffic.
        case ready(PeerInfo)
        /// The connection has to be closed.
        case failed(ProtocolError)
    }

    /// What to do after bytes were received.
    package struct Step: Sendable, Equatable {
        /// How many of the bytes belong to the handshake.
        package var consumed: Int
        /// Bytes to send, before the outcome is acted upon.
        package var send: [UInt8]
        package var outcome: Outcome
        /// Bytes consumed earlier that turned out to be traffic; they come before the others.
        package var surplus: [UInt8] = []
    }

    private enum Phase {
        /// Nothing sent. Next: `greeting`.
        case idle
        /// Our greeting is out. Next: `mechanism`, `finished`.
        case greeting
        /// Both greetings are exchanged. Next: `judging`, `finished`.
        case mechanism(ProtocolVersion)
        case finished
    }

    let security: Security
    private let introduction: Introduction
    let question: PlaceQuestion
    /// Our READY, while it waits for the answer.
    var heldReady: [UInt8] = []
    /// Whom the question is about.
    var introduced: PeerInfo?
    /// READY waits for nothing any more.
    var isReleased = false
    private var state: MechanismState
    private var phase = Phase.idle
    /// The owner has been asked and has not answered.
    private var isJudging = false
    /// What a NULL peer sent meanwhile: it does not have to wait for us.
    private var backlog: [UInt8] = []
    private var greeting = GreetingParser()
    private var frame: HandshakeFrame

    /// A handshake for a socket of ours; the identity was checked when it was set.
    package init(
        kind: SocketKind,
        identity: [UInt8],
        extraProperties: [MetadataProperty] = [],
        security: Security = .null(asksAuthenticator: false),
        question: PlaceQuestion = .never,
        limits: ProtocolLimits
    ) {
        precondition(identity.count <= 255, "our identity has at most 255 bytes")
        precondition(identity.first != 0, "our identity does not begin with zero")
        self.security = security
        self.question = question
        introduction = Introduction(
            kind: kind,
            identity: identity,
            extraProperties: extraProperties,
            limits: limits
        )
        state = MechanismState(security, introduction)
        frame = HandshakeFrame(limit: limits.handshakeCommand)
    }

    /// The connection is open: returns our greeting, to be sent without waiting for anything.
    ///
    /// It goes out whole, because peers older than 3.0 are refused anyway.
    package mutating func opened() -> [UInt8] {
        guard case .idle = phase else { preconditionFailure("a connection opens once") }
        phase = .greeting
        return Greeting.encode(
            mechanism: security.mechanism,
            identityCount: introduction.identity.count,
            asServer: security.isServer
        )
    }

    /// Takes bytes of the handshake and stops behind the peer's last command.
    package mutating func received(_ bytes: UnsafeRawBufferPointer) -> Step {
        if isJudging { return wait(with: bytes, send: []) }
        var rest = bytes[...]
        var send: [UInt8] = []
        let outcome = advance(&rest, send: &send)
        guard case .ask = outcome, !rest.isEmpty else {
            return Step(consumed: bytes.count - rest.count, send: send, outcome: outcome)
        }
        var step = wait(with: UnsafeRawBufferPointer(rebasing: rest), send: send)
        step.consumed = bytes.count
        if case .needMore = step.outcome { step.outcome = outcome }
        return step
    }

    /// Takes the answer to the question that was asked last.
    package mutating func answered(_ verdict: Verdict) -> Step {
        guard isJudging else { preconditionFailure("nobody was asked") }
        isJudging = false
        switch verdict {
        case .accepted:
            let reaction = state.accepted()
            var step = Step(consumed: 0, send: [], outcome: .needMore)
            step.outcome = outcome(of: reaction, send: &step.send)
            guard case .needMore = step.outcome, !backlog.isEmpty else { return step }
            let waiting = backlog
            backlog = []
            waiting.withUnsafeBytes { bytes in
                var rest = bytes[...]
                step.outcome = advance(&rest, send: &step.send)
                step.surplus = [UInt8](rest)
            }
            return step
        case .retryLater:
            let error = ProtocolError(.authenticationRefused(code: verdict.code))
            return Step(consumed: 0, send: [], outcome: fail(error))
        case .refused, .failed:
            let error = ProtocolError(.authenticationRefused(code: verdict.code))
            let farewell = HandshakeCommand.error(verdict)
            return Step(consumed: 0, send: farewell, outcome: fail(error))
        }
    }

    /// What seals messages from now on; nil if the mechanism leaves them in clear.
    package var traffic: CurveTraffic? { state.traffic }

    /// Why the handshake is not complete when its time is up.
    package var lateness: ProtocolError {
        let areServers = security.isServer && greeting.isFromServer
        return ProtocolError(areServers ? .roleConflict(.servers) : .handshakeTimeout)
    }
}

extension Handshake {
    private mutating func advance(
        _ rest: inout Slice<UnsafeRawBufferPointer>,
        send: inout [UInt8]
    ) -> Outcome {
        var outcome = Outcome.needMore
        while case .needMore = outcome {
            switch phase {
            case .idle:
                preconditionFailure("bytes arrived before the connection was opened")
            case .greeting:
                guard let byte = rest.popFirst() else { return .needMore }
                outcome = readGreeting(byte, send: &send)
            case .mechanism(let version):
                guard !rest.isEmpty else { return .needMore }
                switch frame.received(&rest) {
                case .needMore: return .needMore
                case .failed(let error): return fail(error)
                case .complete: outcome = judge(version, send: &send)
                }
            case .finished:
                preconditionFailure("a finished handshake takes no more bytes")
            }
        }
        return outcome
    }

    /// Keeps what arrives before the answer, or ends a handshake whose peer did not wait for it.
    private mutating func wait(with bytes: UnsafeRawBufferPointer, send: [UInt8]) -> Step {
        var step = Step(consumed: bytes.count, send: send, outcome: .needMore)
        guard !bytes.isEmpty else { return step }
        if case .null = security {
            backlog += bytes
            guard backlog.count > introduction.limits.handshakeCommand + Greeting.size else {
                return step
            }
            step.outcome = fail(ProtocolError(.limitExceeded(.handshakeCommand)))
        } else {
            // These mechanisms go in lock-step.
            step.outcome = fail(
                ProtocolError(.unexpectedCommand(name: "something before our answer"))
            )
        }
        return step
    }

    private mutating func readGreeting(_ byte: UInt8, send: inout [UInt8]) -> Outcome {
        switch greeting.received(byte) {
        case .needMore:
            return .needMore
        case .mechanismSeen(let theirs):
            do throws(ProtocolError) {
                try security.mechanism.check(theirs)
                let reaction = try state.begin()
                return outcome(of: reaction, send: &send)
            } catch {
                return fail(error)
            }
        case .complete(let version):
            phase = .mechanism(version)
            return .needMore
        case .failed(let error):
            return fail(error)
        }
    }

    private mutating func judge(_ version: ProtocolVersion, send: inout [UInt8]) -> Outcome {
        let body = frame.takeBody()
        let flags = frame.flags
        var state = state
        let verdict = body.withUnsafeBytes { bytes in
            Result { () throws(ProtocolError) -> MechanismState.Reaction in
                try state.received(HandshakeCommand(bytes, flags: flags), version: version)
            }
        }
        self.state = state
        switch verdict {
        case .success(let reaction):
            return outcome(of: reaction, send: &send)
        case .failure(let error):
            if case .incompatibleSocketType = error.reason, owesReady {
                send += HandshakeCommand.error(saying: "\(error)")
            }
            return fail(error)
        }
    }

    private mutating func outcome(
        of reaction: MechanismState.Reaction,
        send: inout [UInt8]
    ) -> Outcome {
        switch reaction.next {
        case .needMore:
            // What NULL sends before the peer's READY is ours.
            if isNull, holdsReady { heldReady = reaction.send } else { send += reaction.send }
            return .needMore
        case .ask(let credentials):
            send += reaction.send
            isJudging = true
            return .ask(credentials)
        case .ready(let peer):
            phase = .finished
            guard question != .never else {
                send += reaction.send
                return .ready(peer)
            }
            heldReady += reaction.send
            introduced = peer
            return .introduced(peer)
        }
    }

    private mutating func fail(_ error: ProtocolError) -> Outcome {
        phase = .finished
        return .failed(error)
    }
}
