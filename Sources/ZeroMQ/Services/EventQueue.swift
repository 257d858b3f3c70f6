internal import ZeroMQReactor

/// The events of a socket, for any number of observers.
///
/// The newest 1,024 are kept once for all observers, and each observer has a place among them. So
/// one that does not read costs nothing and holds nobody up: when it comes back, it is told how
/// many events are gone. Posting never waits and never fails.
final class EventQueue: Sendable {
    static let capacity = 1024
    /// How many events are kept at least before those that everybody has taken are removed.
    private static let fewest = 16

    private struct State: Sendable {
        /// Oldest first. The first one has the number `base`.
        var events: [SocketEvent] = []
        var base: UInt64 = 0
        /// The number of the first event that nobody has taken yet: where the next observer begins.
        var untaken: UInt64 = 0
        /// The number of each observer's next event.
        var places: [UInt64: UInt64] = [:]
        var lastObserver: UInt64 = 0
        /// So many events are kept before some are removed again.
        var tolerance = EventQueue.fewest
        var isFinished = false

        mutating func add(_ event: SocketEvent) {
            if events.count >= tolerance { trim() }
            events.append(event)
        }

        /// Removes what everybody has taken, and the older half if that does not make room.
        ///
        /// Looking at every observer costs time, so it happens only after as many events as were
        /// kept the last time: a flood of events costs constant time for each.
        private mutating func trim() {
            let needed = places.values.reduce(untaken) { min($0, $1) }
            if needed > base { remove(Int(min(needed - base, UInt64(events.count)))) }
            if events.count >= EventQueue.capacity { remove(EventQueue.capacity / 2) }
            tolerance = min(EventQueue.capacity, max(EventQueue.fewest, 2 * events.count))
        }

        private mutating func remove(_ count: Int) {
            events.removeFirst(count)
            base += UInt64(count)
        }

        /// The oldest event that an observer has not taken. Nil inside if there will be none; nil
        /// if one has to be waited for.
        mutating func take(_ observer: UInt64) -> SocketEvent?? {
            guard let place = places[observer] else { return .some(nil) }
            guard place >= base else {
                advance(observer, to: base)
                return .missed(Int(clamping: base - place))
            }
            let index = Int(place - base)
            guard index < events.count else { return isFinished ? .some(nil) : nil }
            advance(observer, to: place + 1)
            return events[index]
        }

        private mutating func advance(_ observer: UInt64, to place: UInt64) {
            places[observer] = place
            untaken = max(untaken, place)
        }
    }

    private let condition = Condition(State())

    /// How many events are kept.
    var keptCount: Int { condition.modify { $0.events.count } }

    func post(_ event: SocketEvent) {
        condition.change { $0.add(event) }
    }

    /// The socket is closed: who waits gets nil.
    func finish() {
        condition.change { $0.isFinished = true }
    }

    /// Adds an observer, which begins with the oldest event that nobody has taken.
    func addObserver() -> UInt64 {
        condition.modify { state in
            state.lastObserver += 1
            state.places[state.lastObserver] = state.untaken
            return state.lastObserver
        }
    }

    func removeObserver(_ observer: UInt64) {
        condition.modify { $0.places[observer] = nil }
    }

    /// Takes an observer's next event if there is one.
    func tryNext(_ observer: UInt64) -> SocketEvent? {
        condition.modify { $0.take(observer) ?? nil }
    }

    /// Takes an observer's next event; waits for one until the deadline. Nil when there is none.
    func next(_ observer: UInt64, deadline: Deadline, context: ContextCore) -> SocketEvent? {
        condition.wait(until: deadline, in: context) { $0.take(observer) } ?? nil
    }

    /// Takes an observer's next event; suspends the task until there is one. Nil after the last.
    func next(
        _ observer: UInt64,
        patience: Patience,
        context: ContextCore
    ) async throws(ZeroMQError) -> SocketEvent? {
        try await condition.wait(patience: patience, context: context) { $0.take(observer) } ?? nil
    }
}
