internal import ZeroMQReactor

/// A closure that an event loop calls at an instant, unless it is cancelled before.
///
/// Tasks that wait with a timeout have one, since they have no thread that could keep the time.
final class Alarm: @unchecked Sendable {
    // Sendable because `timer` is touched on the loop only.

    private let loop: EventLoop
    private var timer: TimerID?

    /// If the loop has already ended, `ring` runs at once: every socket has ended as well, and the
    /// waiting call finds that out when it looks. If the loop ends later, the closing sockets wake
    /// their waiters themselves.
    init(loop: EventLoop, at instant: Instant, ring: @escaping @Sendable () -> Void) {
        self.loop = loop
        if !loop.execute({ self.timer = loop.schedule(at: instant, ring) }) { ring() }
    }

    func cancel() {
        loop.execute { [self] in
            if let timer { loop.cancel(timer) }
            timer = nil
        }
    }
}

extension ContextCore {
    /// Makes attempts until one succeeds, suspending the task between them. Returns nil if the
    /// deadline passes first.
    ///
    /// An attempt either returns its value, or appends the waiter to a queue and returns the
    /// ticket, which `withdraw` takes out again. A cancelled task makes no further attempt.
    func retry<Value>(
        patience: Patience,
        attempt: (Waiter?) throws(ZeroMQError) -> Attempt<Value>,
        withdraw: (WaiterQueue.Ticket) -> Void
    ) async throws(ZeroMQError) -> Value? {
        let deadline = Deadline(patience, clock: clock)
        let parker = TaskParker()
        var alarm: Alarm?
        defer { alarm?.cancel() }
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            let mayWait = !deadline.hasPassed(clock)
            switch try attempt(mayWait ? .task(parker) : nil) {
            case .done(let value): return value
            case .refused: return nil
            case .unfinished:
                guard mayWait else { return nil }
                // Gives other tasks this thread for a moment.
                await Task.yield()
            case .waiting(let ticket):
                guard !isForked else {
                    withdraw(ticket)
                    throw .processForked
                }
                if alarm == nil, let instant = deadline.instant {
                    do throws(ZeroMQError) {
                        alarm = Alarm(loop: try firstLoop(), at: instant) { parker.resume(.late) }
                    } catch {
                        withdraw(ticket)
                        throw error
                    }
                }
                // A task cannot drive the loop that its socket depends on, not even a loop that is
                // started later. Counting it as a follower has the loop's own thread drive.
                addFollower()
                let outcome = await parker.park()
                removeFollower()
                withdraw(ticket)
                switch outcome {
                case .woken: break
                case .cancelled: throw .cancelled
                // The last wake-up may have come together with the deadline.
                case .late: return try attempt(nil).value
                }
            }
        }
    }
}

/// The result of an attempt; see `ContextCore.retry`.
enum Attempt<Value> {
    case done(Value)
    case waiting(WaiterQueue.Ticket)
    /// The attempt failed, and there was no waiter to append.
    case refused
    /// The attempt used up its share of time and found nothing, but there is more to look at.
    case unfinished

    var value: Value? {
        if case .done(let value) = self { value } else { nil }
    }
}
