import ZeroMQ

/// A copy of the table: what a client has of it, and what a backup server has.
///
/// It begins with a snapshot and goes on with updates. None is missed in between: the snapshot is
/// asked for only after something was published to this subscriber, which shows that it gets what
/// is published from then on. None counts twice: the snapshot says up to which sequence it goes.
struct CloneReplica {
    typealias Instant = ContinuousClock.Instant

    enum Phase {
        /// Waits for anything that is published.
        case joining
        /// Waits for the snapshot. What is published waits in the subscriber's queue.
        case syncing
        case following
    }

    private(set) var phase = Phase.joining
    private(set) var entries: [String: CloneUpdate] = [:]
    private(set) var sequence: UInt64 = 0
    /// When entries expire; only an active server looks at it.
    private var expiries: [String: Instant] = [:]
    private var arriving: [CloneUpdate] = []

    /// The updates may have a gap: everything has to begin again. The old table stays until then.
    mutating func beginAnew() { (phase, arriving) = (.joining, []) }

    /// Takes what was published. True if now is the time to ask for a snapshot.
    mutating func receive(published update: CloneUpdate, at now: Instant) -> Bool {
        switch phase {
        case .joining:
            phase = .syncing
            return true
        case .syncing: return false
        case .following:
            // HUGZ has sequence 0, and what the snapshot contained has a lower one.
            if update.sequence > sequence { apply(update, at: now) }
            return false
        }
    }

    /// Takes a part of the snapshot. True if it was the last.
    mutating func receive(snapshot update: CloneUpdate, at now: Instant) -> Bool {
        guard phase == .syncing else { return false }
        guard update.key == "KTHXBAI" else {
            arriving.append(update)
            return false
        }
        (entries, expiries) = ([:], [:])
        for entry in arriving { apply(entry, at: now) }
        (phase, sequence, arriving) = (.following, update.sequence, [])
        return true
    }

    mutating func apply(_ update: CloneUpdate, at now: Instant) {
        sequence = update.sequence
        entries[update.key] = update.value.isEmpty ? nil : update
        expiries[update.key] = update.value.isEmpty ? nil : update.timeToLive.map { now + $0 }
    }

    /// The keys whose time is over.
    func expired(at now: Instant) -> [String] {
        expiries.filter { $0.value <= now }.map(\.key).sorted()
    }
}
