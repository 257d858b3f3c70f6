internal import ZeroMQReactor

extension RequestClient {
    /// Sends a request and suspends the task until its reply comes, at most as long as `timeout`;
    /// nil is no limit.
    ///
    /// Any number of tasks may ask at a time; nobody waits in line behind another. While no server
    /// is there, the request waits for the first that comes. When the time is over, or the task is
    /// cancelled, the request is given up, and its reply is dropped if it comes; whether a server
    /// may have received it, `ZeroMQError.wasSent` says. What waits in the queue of a server that
    /// takes nothing counts as sent.
    /// - Throws: `timedOut`, saying who is not there if nobody is; `notConnected` if the connection
    ///   was lost with the request, or if every endpoint was given up; `resourceExhausted` if
    ///   `maximumRequests` are under way; `invalidMessage`, `cancelled`, `authenticationRefused`,
    ///   `socketClosed`, `contextShutDown`.
    public func request(
        _ message: Message,
        timeout: Duration? = nil,
        retry: RequestRetry = .never
    ) async throws(ZeroMQError) -> Message {
        let call = try begin(message, timeout, retry)
        var progress = RequestProgress()
        do throws(ZeroMQError) {
            while true {
                let sent: Void? = try await context.retry(patience: call.remaining(context.clock)) {
                    waiter throws(ZeroMQError) in
                    try send(call, waiter)
                } withdraw: {
                    core.withdrawSender($0)
                }
                guard sent != nil else { throw .sendTimedOut }
                progress.attempts += 1
                let answer = try await call.answer.wait(
                    patience: call.patience(ofAttempt: progress.attempts, context.clock),
                    context: context
                ) { $0.take() }
                if let reply = try advance(call, answer, &progress) { return reply }
            }
        } catch {
            throw fail(call, progress, error)
        }
    }

    /// Sends a request and waits for its reply; see the form for tasks.
    /// - Throws: the same, but for `cancelled`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func request(
        _ message: Message,
        timeout: Duration? = nil,
        retry: RequestRetry = .never
    ) throws(ZeroMQError) -> Message {
        let call = try begin(message, timeout, retry)
        var progress = RequestProgress()
        do throws(ZeroMQError) {
            while true {
                guard try sendWaiting(call) else { throw .sendTimedOut }
                progress.attempts += 1
                let patience = call.patience(ofAttempt: progress.attempts, context.clock)
                let deadline = Deadline(patience, clock: context.clock)
                let answer = call.answer.wait(until: deadline, in: context) { $0.take() }
                if let reply = try advance(call, answer, &progress) { return reply }
            }
        } catch {
            throw fail(call, progress, error)
        }
    }

    private var core: SocketCore { dealer.handle.core }
    private var context: ContextCore { core.context }

    // MARK: Steps

    private func begin(
        _ message: Message,
        _ timeout: Duration?,
        _ retry: RequestRetry
    ) throws(ZeroMQError) -> RequestCall {
        try context.checkProcess()
        try core.checkParts(message.count + (table.matching == .id ? 2 : 1))
        return try table.begin { number in
            RequestCall(
                number,
                message,
                table.matching,
                retry,
                timeout: timeout,
                clock: context.clock
            )
        }
    }

    private func send(_ call: RequestCall, _ waiter: Waiter?) throws(ZeroMQError) -> Attempt<Void> {
        let now = context.clock.now
        return try core.sendOrWait(call.envelope, waiter) { pipe, isLast in
            table.take(pipe, for: call, isLast: isLast, now: now)
        }
    }

    private func sendWaiting(_ call: RequestCall) throws(ZeroMQError) -> Bool {
        let parker = core.makeParker()
        while true {
            guard case .waiting(let ticket) = try send(call, .thread(parker)) else { return true }
            let isLate =
                !parker.wait(until: call.deadline.instant)
                || call.deadline.hasPassed(context.clock)
            core.withdrawSender(ticket)
            guard isLate else { continue }
            if case .done = try send(call, nil) { return true }
            return false
        }
    }

    /// What an attempt has come to: a reply, or nil if another one is to be made.
    private func advance(
        _ call: RequestCall,
        _ answer: RequestCall.Answer?,
        _ progress: inout RequestProgress
    ) throws(ZeroMQError) -> Message? {
        switch answer {
        case .reply(let reply):
            _ = table.finish(call, isAnswered: true)
            return reply
        case .lost(wasSent: false):
            // That was no attempt.
            progress.attempts -= 1
        case .lost(wasSent: true):
            progress.wasSent = true
            guard progress.attempts < call.retry.attempts else { throw .requestLost }
        case .failed(let error):
            progress.wasSent = true
            throw error
        case nil:
            progress.wasSent = true
            table.noteSilence(for: call, now: context.clock.now)
            let isLate = call.deadline.hasPassed(context.clock)
            guard !isLate, progress.attempts < call.retry.attempts else {
                throw .receiveTimedOut
            }
        }
        table.noteRetry()
        // The loss of the connection may have been told when the time of the attempt was over.
        call.answer.modify { if case .lost = $0 { $0 = nil } }
        return nil
    }

    private func fail(
        _ call: RequestCall,
        _ progress: RequestProgress,
        _ error: ZeroMQError
    ) -> ZeroMQError {
        if let pipe = table.finish(call, isAnswered: false) { core.giveUpConnection(of: pipe) }
        // An attempt that is under way, as when the task is cancelled, may have been received.
        let wasSent = progress.wasSent || progress.attempts > 0
        switch error.code {
        case .timedOut: return wasSent ? .requestTimedOut : core.requestNotSent()
        case .cancelled: return .requestCancelled(wasSent: wasSent)
        default: return error.saying(wasSent: wasSent)
        }
    }
}
