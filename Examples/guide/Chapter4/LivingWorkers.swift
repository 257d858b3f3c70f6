import ZeroMQ

/// The workers that wait for work, and until when each of them counts as alive.
struct LivingWorkers {
    let patience: Duration
    private var free: [(id: Frame, expiry: ContinuousClock.Instant)] = []

    init(patience: Duration) { self.patience = patience }

    var isEmpty: Bool { free.isEmpty }
    var ids: [Frame] { free.map(\.id) }

    /// Takes a message of a worker in; what it gives back is an answer for a client.
    mutating func hear(_ message: Message) -> Message? {
        var message = message
        guard let id = message.popFirst() else { return nil }
        let isKnown = ids.contains(id)
        let isAnswer = message.splitEnvelope() != nil
        // Who has expired is told nothing any more, so it will start over with READY.
        guard isKnown || isAnswer || message == ParanoidPirate.ready else { return nil }
        let expiry = ContinuousClock.now + patience
        if message == ParanoidPirate.heartbeat {
            for index in free.indices where free[index].id == id { free[index].expiry = expiry }
            return nil
        }
        if !isKnown && !isAnswer { say("queue: \(id) is ready") }
        free.removeAll { $0.id == id }
        free.append((id, expiry))
        return isAnswer ? message : nil
    }

    mutating func next() -> Frame? { free.isEmpty ? nil : free.removeFirst().id }

    /// Forgets who has been silent for too long.
    mutating func expire() -> [Frame] {
        let now = ContinuousClock.now
        defer { free.removeAll { $0.expiry <= now } }
        return free.filter { $0.expiry <= now }.map(\.id)
    }
}
