internal import ZeroMQReactor

/// REQ: the connection goes when a request is given up, and comes again.
extension Connector {
    /// A request was given up: its pipe goes, with the connection if there is one.
    func requestGivenUp(_ pipe: SessionPipe) {
        guard pipe === self.pipe else { return }
        if case .ended = phase { return }
        if case .serving(let session) = phase, session.pipe === pipe {
            return session.end(.requestGivenUp)
        }
        renewPipe()
        if isFinished { finish(.lingerExpired) }
    }

    func renewPipe() {
        replacePipe(counting: .withdrawn)
        if !isClosing { attachEarly() }
    }

    /// Connects again, whatever was said of losses: this was none. At once, unless the connection
    /// had been of no use, so that impatience does not become a storm of connections.
    func dialAnew(_ session: Session) {
        let pause: Duration =
            session.wasOfUse
            ? .zero
            : core.context.withRandom { backoff.nextPause(random: &$0) } ?? .milliseconds(100)
        phase = .pausing(loop.schedule(at: loop.now + pause) { [weak self] in self?.redial() })
    }
}
