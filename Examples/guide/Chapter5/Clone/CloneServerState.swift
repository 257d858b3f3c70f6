import ZeroMQ

/// What a server knows, and what it makes of what comes. It has no socket and no clock.
///
/// The active server counts the updates. A passive one follows the active one like a client, and
/// keeps what clients have sent until the active one has published it: what is left over when the
/// active one dies was lost with it, and is published by this one.
struct CloneServerState {
    typealias Instant = ContinuousClock.Instant

    /// Nil if the server is alone.
    var star: BinaryStar?
    var replica = CloneReplica()
    private var pending: [(update: CloneUpdate, expiry: Instant)] = []
    private var known = RecentIDs()

    init(star: BinaryStar?) { self.star = star }

    var isActive: Bool { star.map { $0.state == .active } ?? true }

    /// What a client wants; returns what is to be published.
    mutating func collect(_ update: CloneUpdate, at now: Instant) -> [CloneUpdate] {
        // Clients repeat what they have not seen published.
        guard !known.contains(update.id) else { return [] }
        if isActive { return [accept(update, at: now)] }
        guard !update.id.isEmpty, !pending.contains(where: { $0.update.id == update.id }) else {
            return []
        }
        pending.append((update, now + .seconds(10)))
        return []
    }

    /// Takes what the active server has published. True if a snapshot has to be asked for.
    mutating func follow(_ update: CloneUpdate, at now: Instant) -> Bool {
        guard !isActive else { return false }
        known.insert(update.id)
        pending.removeAll { $0.update.id == update.id }
        return replica.receive(published: update, at: now)
    }

    /// What has to be published now that this server is the active one.
    mutating func takeOver(at now: Instant) -> [CloneUpdate] {
        defer { pending = [] }
        return pending.filter { $0.expiry > now }.map { accept($0.update, at: now) }
    }

    /// What has to be published because time has passed.
    mutating func expire(at now: Instant) -> [CloneUpdate] {
        // The active server never got these, or it would have published them.
        pending.removeAll { $0.expiry <= now }
        guard isActive else { return [] }
        return replica.expired(at: now).map { accept(CloneUpdate(key: $0, value: ""), at: now) }
    }

    private mutating func accept(_ update: CloneUpdate, at now: Instant) -> CloneUpdate {
        var update = update
        update.sequence = replica.sequence + 1
        known.insert(update.id)
        replica.apply(update, at: now)
        return update
    }
}

/// The names of the latest updates.
private struct RecentIDs {
    private let limit = 10_000
    private var order: [Frame] = []
    private var ids: Set<Frame> = []

    func contains(_ id: Frame) -> Bool { ids.contains(id) }

    mutating func insert(_ id: Frame) {
        guard !id.isEmpty, ids.insert(id).inserted else { return }
        order.append(id)
        // Half at a time: taking the first of an array moves all others.
        guard order.count > limit else { return }
        ids.subtract(order[..<(limit / 2)])
        order.removeFirst(limit / 2)
    }
}
