internal import ZeroMQReactor

/// The verbs for tasks: where a thread would sleep, the task is suspended.
///
/// The calling task itself takes or sends a message, in one attempt under the gate. So a task that
/// is cancelled while it waits has taken nothing and sent nothing. A wake-up that comes too late is
/// passed on: giving the ticket back enters the gate, and leaving the gate wakes the next waiter if
/// there is something to do.
extension SocketCore {
    /// Sends a whole message; suspends while there is no room for it.
    @usableFromInline
    func sendSuspending(_ message: Message) async throws(ZeroMQError) {
        try await sendSuspending(message, patience: Patience(sendTimeout.value))
    }

    @usableFromInline
    func sendSuspending(_ message: Message, timeout: Duration) async throws(ZeroMQError) {
        try await sendSuspending(message, patience: .upTo(timeout))
    }

    func sendSuspending(_ message: Message, patience: Patience) async throws(ZeroMQError) {
        lendThreadToFullest()
        let sent: Void? = try await context.retry(patience: patience) {
            waiter throws(ZeroMQError) in
            try sendOrWait(message, waiter)
        } withdraw: { ticket in
            withSender { _ = $0.waiters.remove(ticket) }
        }
        guard sent != nil else { throw .sendTimedOut }
    }

    /// Takes the next message; suspends while there is none.
    @usableFromInline
    func receiveSuspending() async throws(ZeroMQError) -> Message {
        try await receiveSuspending(patience: Patience(receiveTimeout.value))
    }

    @usableFromInline
    func receiveSuspending(timeout: Duration) async throws(ZeroMQError) -> Message {
        try await receiveSuspending(patience: .upTo(timeout))
    }

    /// The same without the socket's own timeout, for iteration.
    @usableFromInline
    func nextSuspending() async throws(ZeroMQError) -> Message {
        try await receiveSuspending(patience: .forever)
    }

    func receiveSuspending(patience: Patience) async throws(ZeroMQError) -> Message {
        let message = try await context.retry(patience: patience) { waiter throws(ZeroMQError) in
            try receiveOrWait(waiter)
        } withdraw: { ticket in
            withReceiver { _ = $0.waiters.remove(ticket) }
        }
        guard let message else { throw .receiveTimedOut }
        return message
    }

    /// Makes one attempt to receive; if there is no message, queues the waiter before it leaves the
    /// gate.
    private func receiveOrWait(_ waiter: Waiter?) throws(ZeroMQError) -> Attempt<Message> {
        enterReceiver()
        if let message = try attemptReceiveOrLeave() {
            leaveReceiver()
            return .done(message)
        }
        defer { leaveReceiver() }
        if receiving.pointee.mayProceed {
            letOthersReceive()
            return .unfinished
        }
        if waiter != nil { try checkHope() }
        return waiter.map { .waiting(receiving.pointee.waiters.append($0)) } ?? .refused
    }

    // MARK: Subscribers

    /// Suspends until enough peers would get a message that begins with `topic`.
    func waitForSubscribers(
        _ count: Int,
        to topic: Frame?,
        patience: Patience
    ) async throws(ZeroMQError) {
        let reached: Void? = try await context.retry(patience: patience) {
            waiter throws(ZeroMQError) in
            try subscribersOrWait(count, to: topic, waiter)
        } withdraw: { ticket in
            withSender { _ = $0.waiters.remove(ticket) }
        }
        guard reached != nil else { throw .tooFewSubscribers(count) }
    }

    // MARK: The end

    /// Closes the socket and suspends until that is done. Returns how many messages were not sent.
    func closeSuspending(linger: Linger?) async -> Int {
        await withCheckedContinuation { continuation in
            beginClose(saying: .socketClosed, linger: linger) { continuation.resume() }
        }
        return life.withLock { $0.unsent }
    }
}

extension ZeroMQError {
    static let cancelled = ZeroMQError(
        .cancelled,
        "the task was cancelled"
    )
    static let sendTimedOut = ZeroMQError(
        .timedOut,
        "the message could not be sent in the time allowed"
    )
    static let receiveTimedOut = ZeroMQError(.timedOut, "no message came in the time allowed")

    static func tooFewSubscribers(_ count: Int) -> ZeroMQError {
        ZeroMQError(.timedOut, "fewer than \(count) peers subscribed in the time allowed")
    }
}
