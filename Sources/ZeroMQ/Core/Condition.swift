internal import ZeroMQReactor

/// A state that threads and tasks can wait for: peers, subscribers, the end of a close.
final class Condition<State: Sendable>: @unchecked Sendable {
    // Sendable because everything is inside the lock.

    private struct Guarded {
        var state: State
        var waiters = WaiterQueue()
    }

    private let guarded: Locked<Guarded>

    init(_ state: State) { guarded = Locked(Guarded(state: state)) }

    var state: State { guarded.withLock { $0.state } }

    /// Changes the state without waking any waiter.
    func modify<Value>(_ body: (inout State) -> Value) -> Value {
        guarded.withLock { body(&$0.state) }
    }

    /// Changes the state and wakes every waiter, so that each looks again.
    func change(_ body: (inout State) -> Void) {
        let woken = guarded.withLock { guarded in
            body(&guarded.state)
            return guarded.waiters.popAll()
        }
        for waiter in woken { waiter.wake() }
    }

    /// Waits until `take`, which may change the state, returns a value. Returns nil if the deadline
    /// passes first.
    func wait<Value>(
        until deadline: Deadline,
        in context: ContextCore,
        take: (inout State) -> Value?
    ) -> Value? {
        let parker = context.makeParker()
        while true {
            let attempt = attempt(.thread(parker), take)
            guard case .waiting(let ticket) = attempt else { return attempt.value }
            _ = parker.wait(until: deadline.instant)
            withdraw(ticket)
            // Peers may wake the waiter again and again, so being woken does not mean being in
            // time.
            if deadline.hasPassed(context.clock) { return self.attempt(nil, take).value }
        }
    }

    /// Waits until the state satisfies the predicate. Returns false if the deadline passes first.
    func wait(
        until deadline: Deadline,
        in context: ContextCore,
        for isWanted: (State) -> Bool
    ) -> Bool {
        wait(until: deadline, in: context) { isWanted($0) ? true : nil } ?? false
    }

    /// Suspends the task until `take` returns a value. Returns nil if the deadline passes first.
    func wait<Value>(
        patience: Patience,
        context: ContextCore,
        take: (inout State) -> Value?
    ) async throws(ZeroMQError) -> Value? {
        try await context.retry(patience: patience) { waiter in
            attempt(waiter, take)
        } withdraw: {
            withdraw($0)
        }
    }

    private func attempt<Value>(
        _ waiter: Waiter?,
        _ take: (inout State) -> Value?
    ) -> Attempt<Value> {
        guarded.withLock { guarded in
            if let value = take(&guarded.state) { return .done(value) }
            return waiter.map { .waiting(guarded.waiters.append($0)) } ?? .refused
        }
    }

    private func withdraw(_ ticket: WaiterQueue.Ticket) {
        guarded.withLock { _ = $0.waiters.remove(ticket) }
    }
}
