internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The greeting goes out in steps, so that a peer of ZMTP 2.0 can say which version it speaks.
///
///     signature ──10 bytes in──▶ version ──▶ the rest
///         │                                            ▲
///         └── the peer's version is in, or it is silent ┘
///
/// A ZMTP 2.0 peer takes what follows the twelfth byte for a frame, and closes before it has
/// answered. One byte after the signature does it no harm, and helps a peer that waits for our
/// version.
extension Session {
    /// Sends the signature, which is the same in every version.
    func beginGreeting() {
        guard let opening, let patience = keeper?.greetingPatience else { return }
        let greeting = opening.handshake.opened()
        opening.greeting = Array(greeting.prefix(Opening.signatureSize))
        opening.restOfGreeting = Array(greeting.dropFirst(Opening.signatureSize))
        proceed(after: patience.forSilence) { session in
            // A peer that is still connected is not one that closes when it is sent everything.
            session.keeper?.greetingPatience.isWarned = false
            session.press()
        }
        writeGreeting()
    }

    /// The peer has sent some bytes of its greeting.
    func paceGreeting() {
        guard let opening, !opening.restOfGreeting.isEmpty else { return }
        if opening.received > Opening.signatureSize {
            if let timer = opening.greetingTimer.take() { loop.cancel(timer) }
            opening.releaseGreeting()
        } else if opening.received < Opening.signatureSize {
            proceed(after: GreetingPatience.brief) { $0.press() }
        } else if let patience = keeper?.greetingPatience {
            opening.releaseGreeting(1)
            writeGreeting()
            proceed(after: patience.forVersion) { $0.press() }
        }
    }

    private func proceed(after pause: Duration, _ step: @escaping (Session) -> Void) {
        guard let opening else { return }
        if let timer = opening.greetingTimer { loop.cancel(timer) }
        opening.greetingTimer = loop.schedule(at: loop.now + pause) { [weak self] in
            guard let self else { return }
            self.opening?.greetingTimer = nil
            step(self)
        }
    }

    /// Sends the rest to a peer that has not sent its version.
    private func press() {
        guard let opening else { return }
        opening.isPressed = true
        opening.releaseGreeting()
        writeGreeting()
    }

    /// If a peer closed without a word after it was sent everything, the next one gets more time.
    func noteWordlessEnd(_ reason: SessionEnd) {
        guard let opening, opening.isPressed, opening.received <= Opening.signatureSize else {
            return
        }
        switch reason {
        case .closedByPeer, .system: keeper?.greetingPatience.isWarned = true
        case .local, .requestGivenUp, .violation, .refused, .crowdedOut: break
        }
    }
}
