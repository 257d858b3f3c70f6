internal import ZeroMQReactor

/// A state that threads can wait for: peers, subscribers, the end of a close.
final class Condition<State: Sendable>: @unchecked Sendable {
    // Sendable because everything is inside the lock.

    private struct Guarded {
        var state: State
        var waiters = WaiterQueue()
    }

    private let guarded: Locked<Guarded>

    init(_ state: State) { guarded = Locked(Guarded(state: state)) }

    var state: State { guarded.withLock { $0.state } }

    /// Changes the state and wakes everybody who waits, to look again.
    func change(_ body: (inout State) -> Void) {
        let woken = guarded.withLock { guarded in
            body(&guarded.state)
            return guarded.waiters.popAll()
        }
        for waiter in woken { waiter.wake() }
    }

    /// Waits until the state is as wanted. False if the deadline came first.
    func wait(
        until deadline: Deadline,
        clock: some MonotonicClock,
        for isWanted: (State) -> Bool
    ) -> Bool {
        let parker = ThreadParker()
        while true {
            let ticket = guarded.withLock { guarded -> WaiterQueue.Ticket? in
                isWanted(guarded.state) ? nil : guarded.waiters.append(.thread(parker))
            }
            guard let ticket else { return true }
            let isWoken = parker.park(until: deadline.instant)
            guarded.withLock { _ = $0.waiters.remove(ticket) }
            if !isWoken, deadline.hasPassed(clock) { return isWanted(state) }
        }
    }
}
