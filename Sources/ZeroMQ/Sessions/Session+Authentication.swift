internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Whether the peer is admitted: asks the authenticator and acts on the answer.
extension Session {
    func askAuthenticator(about credentials: Credentials) {
        guard let authenticator = options.authenticator else {
            return decided(.refuse(reason: "there is no authenticator"), about: credentials)
        }
        let request = AuthenticationRequest(
            credentials: AuthenticationRequest.Credentials(credentials),
            address: hostAddress,
            domain: options.authenticationDomain,
            routingID: options.routingID
        )
        // Quick rules are evaluated at once, on the loop.
        if case .atOnce(let judge) = authenticator.judge {
            return decided(judge(request), about: credentials)
        }
        let loop = loop
        weak let session = self
        opening?.question = authenticator.ask(
            request,
            in: core.context,
            pool: core.context.questions,
            patience: options.handshakeTimeout
        ) { decision in
            loop.execute { session?.decided(decision, about: credentials) }
        }
        keeper?.sessionWasAsked(about: self)
    }

    private func decided(_ decision: AuthenticationDecision, about credentials: Credentials) {
        guard let opening else { return }
        if opening.question.take() != nil { keeper?.sessionWasAnswered(about: self) }
        note(decision, about: credentials)
        let verdict: Verdict
        switch decision {
        case .accept(let userID, let properties):
            var publicKey: CurvePublicKey?
            if case .curve(let key) = credentials { publicKey = CurvePublicKey(key) }
            opening.admission = Admission(
                userID: userID,
                publicKey: publicKey,
                properties: properties
            )
            verdict = .accepted
        case .refuse: verdict = .refused
        case .retryLater: verdict = .retryLater
        case .fail(let reason):
            core.events.post(.authenticatorFailed(endpoint, peer: peer, reason: reason))
            verdict = .failed
        }
        let step = opening.handshake.answered(verdict)
        act(on: step, surplus: UnsafeRawBufferPointer(start: nil, count: 0))
        // Bytes may have arrived with the peer's last command; no new edge will announce them.
        if phase == .ready { pipe?.requestRead() }
    }

    /// Has the events say who was let in, or who wanted to be.
    private func note(_ decision: AuthenticationDecision, about credentials: Credentials) {
        var (userID, publicKey): (String?, CurvePublicKey?)
        switch credentials {
        case .null: break
        case .plain(let user, _): userID = String(decoding: user, as: UTF8.self)
        case .curve(let key): publicKey = CurvePublicKey(key)
        }
        if case .accept(let accepted, _) = decision { userID = accepted }
        note(userID: userID, publicKey)
    }

    /// The peer's address without a port, as ZAP wants it.
    private var hostAddress: String {
        guard case .tcp = endpoint.address else {
            guard let peer = PeerCredentials(of: channel.descriptor) else { return "localhost" }
            return "localhost:\(peer.user):\(peer.group):\(peer.process)"
        }
        guard let colon = address.lastIndex(of: ":") else { return address }
        return address[..<colon].filter { $0 != "[" && $0 != "]" }
    }
}

extension AuthenticationRequest.Credentials {
    init(_ credentials: Credentials) {
        switch credentials {
        case .null: self = .none
        case .plain(let user, let password): self = .plain(user: user, password: password)
        case .curve(let key): self = .curve(CurvePublicKey(key))
        }
    }
}
