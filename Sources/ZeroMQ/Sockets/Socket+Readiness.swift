extension ReceivingSocket {
    /// Suspends the task until there is something to receive, and takes nothing.
    ///
    /// A hint: another task may be quicker, and what came to a SUB or REQ may not be for it. Use
    /// `tryReceive` afterwards. A socket that was closed is readable, and receiving throws.
    /// - Throws: `cancelled`, `timedOut`.
    public func readable(timeout: Duration? = nil) async throws(ZeroMQError) {
        let core = handle.core
        let isReady: Void? = try await core.context.retry(patience: Patience(timeout)) { waiter in
            core.readableOrWait(waiter)
        } withdraw: {
            core.withdrawReceiver($0)
        }
        guard isReady != nil else { throw .receiveTimedOut }
    }
}

extension SendingSocket {
    /// Suspends the task until a message could be sent without waiting.
    ///
    /// A hint: another task may be quicker. Use `trySend` afterwards.
    /// - Throws: `cancelled`, `timedOut`; `invalidState` while it is not this socket's turn to
    ///   send, as with a REP that has received nothing.
    public func writable(timeout: Duration? = nil) async throws(ZeroMQError) {
        let core = handle.core
        var isRefused = false
        let isReady: Void? = try await core.context.retry(patience: Patience(timeout)) { waiter in
            let attempt = core.writableOrWait(waiter)
            if waiter != nil, case .refused = attempt { isRefused = true }
            return attempt
        } withdraw: {
            core.withdrawSender($0)
        }
        if isRefused {
            throw ZeroMQError(.invalidState, "it is not this socket's turn to send")
        }
        guard isReady != nil else { throw .sendTimedOut }
    }
}
