internal import ZeroMQReactor

/// Waits until the socket has handed on everything it accepted.
extension SocketCore {
    func flush(patience: Patience) throws(ZeroMQError) {
        try context.checkProcess()
        let deadline = Deadline(patience, clock: context.clock)
        let parker = makeParker()
        while true {
            let mayWait = !deadline.hasPassed(context.clock)
            switch try flushedOrWait(mayWait ? .thread(parker) : nil) {
            case .done: return
            case .refused, .unfinished: throw .flushTimedOut
            case .waiting(let ticket):
                _ = parker.wait(until: deadline.instant)
                withSender { _ = $0.waiters.remove(ticket) }
            }
        }
    }

    func flush(patience: Patience) async throws(ZeroMQError) {
        let done: Void? = try await context.retry(patience: patience) {
            waiter throws(ZeroMQError) in
            try flushedOrWait(waiter)
        } withdraw: { ticket in
            withSender { _ = $0.waiters.remove(ticket) }
        }
        guard done != nil else { throw .flushTimedOut }
    }

    /// Checks every queue. If one is not empty, asks its reader to announce progress and queues the
    /// waiter.
    private func flushedOrWait(_ waiter: Waiter?) throws(ZeroMQError) -> Attempt<Void> {
        enterSender()
        defer { leaveSender() }
        if let ending = sending.pointee.ending { throw ending }
        var isEmpty = sending.pointee.held == nil
        for pipe in sending.pointee.pipes.pipes {
            if pipe.waitingMessage != nil { isEmpty = false }
            guard pipe.outbound.unacknowledged > 0 else { continue }
            // From now on the reader announces to this side what it acknowledges.
            let writer = pipe.outbound.writer
            while writer.pointee.refreshRoom() < writer.pointee.highWaterMark {
                if writer.pointee.waitForRoom() {
                    isEmpty = false
                    break
                }
            }
        }
        if isEmpty { return .done(()) }
        if let error = sending.pointee.refusals.error { throw error }
        return waiter.map { .waiting(sending.pointee.waiters.append($0, as: .observer)) }
            ?? .refused
    }
}

extension ZeroMQError {
    static let flushTimedOut = ZeroMQError(
        .timedOut,
        "messages are still queued after the time allowed"
    )
}
