internal import ZeroMQReactor

/// STREAM: closing a connection at the application's request.
extension Session {
    /// How often the session checks whether the peer takes anything.
    private static let lookAtPeer = Duration.seconds(1)
    /// After this many checks in a row without progress, the session stops waiting for the peer.
    private static let mostIdleLooks = 5

    /// Ends the connection once everything is written.
    ///
    /// That may never happen. So it also ends when the socket's linger time is over, or when the
    /// peer has taken nothing for some seconds. What is left then is dropped.
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
            // Nil while another thread is writing, which counts as progress.
            let left = pipe?.writing.useOnLoop { $0.rest } ?? (.max, .max)
            let idleLooks = left == rest && left != (.max, .max) ? idleLooks + 1 : 0
            let isLate = deadline.map { $0 <= loop.now } ?? false
            guard !isLate, idleLooks < Self.mostIdleLooks else { return end(.local) }
            awaitPeer(until: deadline, idleLooks: idleLooks, after: left)
            // Tries now: the kernel reports room only when a good part of its buffer is free.
            pipe?.flushOnLoop()
        }
    }
}
