import ZeroMQ

/// Follows a part of the table, at one server after another.
struct CloneClient: Sendable {
    let servers: [CloneAddress]
    /// Keys that begin like this; RFC 12 wants a slash at both ends.
    let subtree: String
    /// After so long a silence the next server is asked.
    let patience: Duration

    private enum Input {
        case update(Message)
        case snapshot(Message)
        case tick
        case disconnected
    }

    /// Calls `change` after each change, with the update or, after a snapshot, nil, until it
    /// returns false. Returns the table.
    @discardableResult
    func follow(
        _ change: (CloneReplica, CloneUpdate?) -> Bool
    ) async throws -> CloneReplica {
        var replica = CloneReplica()
        while true {
            for server in servers {
                replica.beginAnew()
                let isOver: Bool
                (replica, isOver) = try await withSockets(
                    SubscriberSocket(),
                    DealerSocket(),
                    linger: .discard
                ) { [replica] updates, snapshots in
                    try updates.subscribe(Frame(subtree))
                    // Last: when it comes, the subscription above is in force as well.
                    try updates.subscribe("HUGZ")
                    try updates.connect(server.updates)
                    try snapshots.connect(server.snapshots)
                    return try await follow(updates, snapshots, from: replica, change)
                }
                if isOver { return replica }
                say("client: \(server.updates) is silent")
            }
        }
    }

    /// Follows one server, until it is silent or nobody wants to know more.
    private func follow(
        _ updates: SubscriberSocket,
        _ snapshots: DealerSocket,
        from start: CloneReplica,
        _ change: (CloneReplica, CloneUpdate?) -> Bool
    ) async throws -> (replica: CloneReplica, isOver: Bool) {
        var replica = start
        let select = Select<Input>()
        // While the snapshot comes, updates stay where they are.
        let isReading = { replica.phase != .syncing }
        select.add(updates, when: isReading) { .update($0) }
        select.add(snapshots) { .snapshot($0) }
        select.every(patience / 4) { .tick }
        let inbox = select.inbox
        let watch = Task {
            for await event in updates.events {
                if case .disconnected = event { inbox.post(.disconnected) }
            }
        }
        defer { watch.cancel() }

        var expiry = ContinuousClock.now + patience
        for try await input in select {
            switch input {
            case .update(let message):
                guard let update = CloneUpdate(message) else { break }
                expiry = .now + patience
                let before = replica.sequence
                if replica.receive(published: update, at: .now) {
                    try await snapshots.send(["ICANHAZ?", Frame(subtree)])
                }
                guard replica.sequence != before else { break }
                if !change(replica, update) { return (replica, true) }
            case .snapshot(let message):
                guard let update = CloneUpdate(message) else { break }
                expiry = .now + patience
                guard replica.receive(snapshot: update, at: .now) else { break }
                if !change(replica, nil) { return (replica, true) }
            case .disconnected:
                // What was published until the connection is back is missing.
                return (replica, false)
            case .tick: if expiry < .now { return (replica, false) }
            }
        }
        return (replica, true)
    }
}

/// Changes the table.
struct CloneWriter {
    let servers: [CloneAddress]

    /// Sets a key, and returns once a server has published it.
    ///
    /// All servers get it, so that the one that takes over has what the other one died with. What
    /// a server does not get, because it comes too late or is lost, is sent again; servers know an
    /// update again by its id. If nobody publishes it, the active server is gone, and a client has
    /// to ask another one for something: that is what makes it the active one.
    func set(_ key: String, _ value: Frame, timeToLive: Int? = nil) async throws {
        var update = CloneUpdate(key: key, value: value)
        update.id = CloneUpdate.newID()
        update.properties = timeToLive.map { ["ttl": "\($0)"] } ?? [:]
        try await withSockets(
            PublisherSocket(),
            SubscriberSocket(),
            DealerSocket(),
            linger: .discard
        ) { [update] collectors, updates, snapshots in
            snapshots.options.queuesOnlyToConnectedPeers = true
            try updates.subscribe(Frame(key))
            for server in servers {
                try updates.connect(server.updates)
                try collectors.connect(server.collector)
                try snapshots.connect(server.snapshots)
            }
            try await updates.waitForPeers()
            try await collectors.waitForSubscribers()
            while true {
                try await collectors.send(update.message)
                let deadline = ContinuousClock.now + .milliseconds(300)
                while let message = try await updates.receive(until: deadline) {
                    if CloneUpdate(message)?.id == update.id { return }
                }
                _ = try snapshots.trySend(["ICANHAZ?", Frame(key)])
            }
        }
    }
}
