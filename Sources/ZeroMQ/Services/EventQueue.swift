internal import ZeroMQReactor

/// The events that nobody has taken yet: the newest 1,024, and a count of those before.
///
/// Posting never waits and never fails.
final class EventQueue: Sendable {
    private static let capacity = 1024

    private struct State: Sendable {
        var events: [SocketEvent] = []
        var missed = 0
        var isFinished = false

        /// The oldest event; nil inside if there will be none; nil if one has to be waited for.
        mutating func take() -> SocketEvent?? {
            if missed > 0 {
                defer { missed = 0 }
                return .some(.missed(missed))
            }
            if !events.isEmpty { return .some(events.removeFirst()) }
            return isFinished ? .some(nil) : nil
        }
    }

    private let condition = Condition(State())

    func post(_ event: SocketEvent) {
        condition.change { state in
            if state.events.count == Self.capacity {
                // Half at a time, so that a flood of events costs constant time for each.
                state.events.removeFirst(Self.capacity / 2)
                state.missed += Self.capacity / 2
            }
            state.events.append(event)
        }
    }

    /// The socket is closed: who waits gets nil.
    func finish() {
        condition.change { $0.isFinished = true }
    }

    /// Takes the oldest event if there is one.
    func tryNext() -> SocketEvent? {
        condition.modify { $0.take() ?? nil }
    }

    /// Takes the oldest event; waits for one until the deadline. Nil when there is none.
    func next(deadline: Deadline, context: ContextCore) -> SocketEvent? {
        condition.wait(until: deadline, in: context) { $0.take() } ?? nil
    }

    /// Takes the oldest event; suspends the task until there is one. Nil after the last.
    func next(patience: Patience, context: ContextCore) async throws(ZeroMQError) -> SocketEvent? {
        try await condition.wait(patience: patience, context: context) { $0.take() } ?? nil
    }
}
