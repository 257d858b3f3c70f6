internal import ZeroMQReactor

/// The end of one connection at the application's request.
extension Session {
    /// STREAM: how often the session checks whether the peer takes anything.
    private static let lookAtPeer = Duration.seconds(1)
    /// After this many checks in a row without progress, the session stops waiting for the peer.
    private static let mostIdleLooks = 5

    /// Ends this connection and no other. Returns false if it has ended already.
    ///
    /// A queue that goes on with the next connection is not waited for: messages go on coming. Any
    /// other gets no more messages, and is written for as long as the linger time allows.
    func dismiss(_ linger: Linger) -> Bool {
        guard phase != .ended else { return false }
        guard isReady, linger != .discard, keeper?.keepsPipe == false, let pipe else {
            end(.local)
            return true
        }
        let isFirst = parting == nil
        endWhenWritten(linger)
        guard isFirst else { return true }
        pipe.retire { [weak self, weak pipe] in
            guard let self, let pipe, self.pipe === pipe else { return }
            keeper?.pipeDrained(pipe)
            endIfMute()
            pipe.requestFlush()
        }
        return true
    }

    /// Ends the connection once everything is written.
    ///
    /// That may never happen. So it also ends when the linger time is over or, at a STREAM, when
    /// the peer has taken nothing for some seconds. What is left then is dropped. A second request
    /// can only bring the end forward.
    func endWhenWritten(_ linger: Linger) {
        guard phase == .ready else { return }
        if linger == .discard { return end(.local) }
        let parting = parting ?? Parting()
        self.parting = parting
        if case .wait(let limit) = linger {
            parting.deadline = min(parting.deadline ?? .distantFuture, loop.now + limit)
        }
        awaitWriting(parting)
    }

    private func awaitWriting(_ parting: Parting) {
        let look = isRaw ? loop.now + Self.lookAtPeer : nil
        guard let moment = [parting.deadline, look].compactMap(\.self).min() else { return }
        if let timer = parting.timer {
            // Asking again does not put the next look off.
            guard moment < parting.moment else { return }
            loop.cancel(timer)
        }
        parting.moment = moment
        parting.timer = loop.schedule(at: moment) { [weak self] in self?.lookAtWriting() }
    }

    private func lookAtWriting() {
        guard let parting else { return }
        parting.timer = nil
        if let deadline = parting.deadline, deadline <= loop.now { return end(.local) }
        if isRaw {
            // Nil while another thread is writing, which counts as progress.
            let left = pipe?.writing.useOnLoop { $0.rest } ?? (.max, .max)
            let isIdle = left == parting.rest && left != (.max, .max)
            (parting.idleLooks, parting.rest) = (isIdle ? parting.idleLooks + 1 : 0, left)
            if parting.idleLooks >= Self.mostIdleLooks { return end(.local) }
        }
        awaitWriting(parting)
        // Tries now: the kernel reports room only when a good part of its buffer is free.
        pipe?.flushOnLoop()
    }
}

/// A connection that ends once it has written what it holds. Bound to the loop.
final class Parting {
    /// When it ends in any case; nil if it has no limit.
    var deadline: Instant?
    /// Fires at the next look, and below, when that is.
    var timer: TimerID?
    var moment = Instant.distantFuture
    /// STREAM: looks in a row at which nothing had been written, and what was left at the last.
    var idleLooks = 0
    var rest = (messages: Int.max, bytes: Int.max)
}
