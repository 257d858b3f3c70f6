internal import ZeroMQReactor

/// The events that nobody has taken yet: the newest 1,024, and a count of those before.
///
/// Posting never waits and never fails.
final class EventQueue: Sendable {
    private static let capacity = 1024

    fileprivate struct State {
        var events: [SocketEvent] = []
        var missed = 0
        var waiters = WaiterQueue()
        var isFinished = false
    }

    private let state = Locked(State())

    func post(_ event: SocketEvent) {
        let woken = state.withLock { state -> [Waiter] in
            if state.events.count == Self.capacity {
                // Half at a time, so that a flood of events costs constant time for each.
                state.events.removeFirst(Self.capacity / 2)
                state.missed += Self.capacity / 2
            }
            state.events.append(event)
            return state.waiters.popAll()
        }
        for waiter in woken { waiter.wake() }
    }

    /// The socket is closed: who waits gets nil.
    func finish() {
        let woken = state.withLock { state in
            state.isFinished = true
            return state.waiters.popAll()
        }
        for waiter in woken { waiter.wake() }
    }

    /// Takes the oldest event; waits for one until the deadline. Nil when there is none.
    func next(deadline: Deadline?, clock: some MonotonicClock) -> SocketEvent? {
        let parker = ThreadParker()
        while true {
            let (event, ticket, isFinished) = state.withLock { state in
                let event = state.take()
                let mayWait = event == nil && !state.isFinished && deadline != nil
                let ticket = mayWait ? state.waiters.append(.thread(parker)) : nil
                return (event, ticket, state.isFinished)
            }
            guard event == nil, let ticket, let deadline, !isFinished else { return event }
            let isWoken = parker.park(until: deadline.instant)
            state.withLock { _ = $0.waiters.remove(ticket) }
            if !isWoken, deadline.hasPassed(clock) { return state.withLock { $0.take() } }
        }
    }
}

extension EventQueue.State {
    fileprivate mutating func take() -> SocketEvent? {
        if missed > 0 {
            defer { missed = 0 }
            return .missed(missed)
        }
        return events.isEmpty ? nil : events.removeFirst()
    }
}
