internal import ZeroMQReactor

/// One request of a `RequestClient`, from when it is made until it is answered or given up.
final class RequestCall: Sendable {
    enum Answer: Sendable {
        case reply(Message)
        /// The connection that carried the request has ended.
        case lost(wasSent: Bool)
        case failed(ZeroMQError)
    }

    let number: UInt64
    let envelope: Message
    let retry: RequestRetry
    let deadline: Deadline
    /// How long an attempt waits that is not the last.
    private let patience: Duration?
    /// What has become of the present attempt; the waiting task takes it.
    let answer = Condition<Answer?>(nil)

    init(
        _ number: UInt64,
        _ message: Message,
        _ matching: RequestMatching,
        _ retry: RequestRetry,
        timeout: Duration?,
        clock: some MonotonicClock
    ) {
        self.number = number
        self.retry = retry
        deadline = Deadline(Patience(timeout), clock: clock)
        patience = retry.patience ?? timeout.map { $0 / retry.attempts }
        let id = Frame(withUnsafeBytes(of: number) { Array($0) })
        let route = matching == .id ? [id, Frame()] : [Frame()]
        envelope = Message(frames: route + Array(message))
    }

    /// How long there is still time.
    func remaining(_ clock: some MonotonicClock) -> Patience {
        deadline.instant.map { .upTo(max(.zero, $0 - clock.now)) } ?? .forever
    }

    /// How long an attempt waits for its reply.
    func patience(ofAttempt number: Int, _ clock: some MonotonicClock) -> Patience {
        guard number < retry.attempts, let patience else { return remaining(clock) }
        guard let instant = deadline.instant else { return .upTo(patience) }
        return .upTo(max(.zero, min(patience, instant - clock.now)))
    }
}

/// How far a call has got, for its caller.
struct RequestProgress {
    /// How often the request was sent.
    var attempts = 0
    /// A server may have received it.
    var wasSent = false
}
