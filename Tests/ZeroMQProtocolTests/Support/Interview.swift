import Testing
import ZeroMQCrypto
import ZeroMQProtocol

/// A handshake that answers questions at once, always in the same way, and keeps what happened.
struct Interview: ~Copyable {
    var handshake: Handshake
    var sent: [UInt8] = []
    var asked: [Credentials] = []
    var surplus: [UInt8] = []
    var outcome = Handshake.Outcome.needMore
    let verdict: Verdict

    init(
        _ kind: SocketKind,
        identity: [UInt8] = [],
        _ security: Security,
        verdict: Verdict = .accepted
    ) {
        handshake = Handshake(
            kind: kind,
            identity: identity,
            security: security,
            limits: ProtocolLimits()
        )
        self.verdict = verdict
        sent = handshake.opened()
    }

    var isOver: Bool {
        switch outcome {
        case .needMore, .ask: false
        case .introduced, .ready, .failed: true
        }
    }

    var failure: ProtocolError.Reason? {
        if case .failed(let error) = outcome { error.reason } else { nil }
    }

    /// What seals messages from now on. In a test it has to be there.
    func traffic() throws -> CurveTraffic {
        let traffic = handshake.traffic
        return try #require(traffic)
    }

    var peer: PeerInfo? {
        if case .ready(let peer) = outcome { peer } else { nil }
    }

    /// Takes what was sent since the last call.
    mutating func takeSent() -> [UInt8] {
        defer { sent = [] }
        return sent
    }

    mutating func receive(_ bytes: [UInt8]) {
        guard !isOver else { return }
        let step = bytes.withUnsafeBytes { handshake.received($0) }
        sent += step.send
        outcome = step.outcome
        surplus = step.surplus + bytes[step.consumed...]
        guard case .ask(let credentials) = outcome else { return }
        asked.append(credentials)
        let answer = handshake.answered(verdict)
        sent += answer.send
        outcome = answer.outcome
        surplus = answer.surplus + surplus
    }

    /// Lets two of them talk until neither has anything to say; `tamper` sees what travels.
    static func introduce(
        _ left: inout Interview,
        _ right: inout Interview,
        tamper: (_ fromLeft: Bool, _ step: Int, [UInt8]) -> [UInt8] = { $2 }
    ) {
        for step in 0..<20 {
            let (toRight, toLeft) = (left.takeSent(), right.takeSent())
            guard !toRight.isEmpty || !toLeft.isEmpty else { return }
            if !toRight.isEmpty { right.receive(tamper(true, step, toRight)) }
            if !toLeft.isEmpty { left.receive(tamper(false, step, toLeft)) }
        }
        Issue.record("two handshakes never came to an end")
    }
}

extension Security {
    // Worked out once: every public key is a multiplication.
    private static let client = keyPair(CurveTranscript.clientSecret)
    private static let server = keyPair(CurveTranscript.serverSecret)

    /// The two ends of the transcript, keys and random bytes included.
    static var transcriptClient: Security {
        .curveClient(
            client,
            server: server.publicKey,
            entropy: entropy(
                CurveTranscript.clientTransient + CurveTranscript.cookieKey,
                CurveTranscript.vouchNonce + CurveTranscript.cookieNonce
            )
        )
    }

    static var transcriptServer: Security {
        .curveServer(
            server,
            entropy: entropy(
                CurveTranscript.serverTransient + CurveTranscript.cookieKey,
                CurveTranscript.welcomeNonce + CurveTranscript.cookieNonce
            )
        )
    }

    static func keyPair(_ secret: [UInt8]) -> KeyPair {
        KeyPair(SecretKey(secret.withUnsafeBytes { SecretBytes(copying: $0) }))
    }

    static func entropy(_ keys: [UInt8], _ nonces: [UInt8]) -> CurveEntropy {
        CurveEntropy((keys + nonces).withUnsafeBytes { SecretBytes(copying: $0) })
    }

    static func entropy(_ random: inout SeededGenerator) -> CurveEntropy {
        entropy(random.bytes(64), random.bytes(32))
    }

    static func plainClient(_ user: [UInt8], _ password: [UInt8]) -> Security {
        .plainClient(
            user: user,
            password: password.withUnsafeBytes { SecretBytes(copying: $0) }
        )
    }
}
