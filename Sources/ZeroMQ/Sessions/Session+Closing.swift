internal import ZeroMQReactor

/// STREAM: the end that the application asks for.
extension Session {
    /// How often it is looked whether the peer takes anything.
    private static let lookAtPeer = Duration.seconds(1)
    /// A peer that has taken nothing at so many looks in a row is not waited for any longer.
    private static let mostIdleLooks = 5

    /// Ends the connection once everything is written.
    ///
    /// That may never be: so it ends as well when the socket's linger is over, or when the peer has
    /// taken nothing for some seconds. What is left then is dropped.
    func closeWhenWritten(_ linger: Linger) {
        guard phase == .ready, closingTimer == nil else { return }
        switch linger {
        case .discard: end(.local)
        case .wait(let limit): awaitPeer(until: loop.now + limit)
        case .waitForever: awaitPeer(until: nil)
        }
    }

    private func awaitPeer(
        until deadline: Instant?,
        idleLooks: Int = 0,
        after rest: (messages: Int, bytes: Int) = (.max, .max)
    ) {
        let next = loop.now + Self.lookAtPeer
        closingTimer = loop.schedule(at: deadline.map { min($0, next) } ?? next) { [weak self] in
            guard let self else { return }
            // Nil while another thread is writing, which is a sign of life.
            let left = pipe?.writing.useOnLoop { $0.rest } ?? (.max, .max)
            let idleLooks = left == rest && left != (.max, .max) ? idleLooks + 1 : 0
            let isLate = deadline.map { $0 <= loop.now } ?? false
            guard !isLate, idleLooks < Self.mostIdleLooks else { return end(.local) }
            awaitPeer(until: deadline, idleLooks: idleLooks, after: left)
            // The kernel says that it takes more only when a good part of its buffer is free.
            pipe?.flushOnLoop()
        }
    }
}
