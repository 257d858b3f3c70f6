import ZeroMQ

/// A server of the shared table, alone or one of a pair.
struct CloneServer: Sendable {
    let own: CloneAddress
    /// The role and the other server; nil if this one is alone.
    let pair: (role: BinaryStar.State, other: CloneAddress)?
    let beat: Duration

    /// What comes in.
    private enum Input {
        case snapshotWanted(Message)
        case collected(Message)
        case beat
        case peerState(Message)
        case peerUpdate(Message)
        case peerSnapshot(Message)
    }

    func run() async throws {
        try await withSockets(
            RouterSocket(),
            PublisherSocket(),
            SubscriberSocket(),
            linger: .discard
        ) { snapshots, updates, collector in
            // A whole table may go out at once, and a follower that misses an update is out of
            // step: both wait for the network, and not for a mark.
            snapshots.sendHighWaterMark = .unlimited
            updates.sendHighWaterMark = .unlimited
            try collector.subscribe()
            try collector.bind(own.collector)
            try updates.bind(own.updates)
            try snapshots.bind(own.snapshots)
            try await withSockets(
                PublisherSocket(),
                DealerSocket(),
                linger: .discard
            ) { states, peerSnapshots in
                let sockets = Sockets(
                    snapshots: snapshots,
                    updates: updates,
                    states: states,
                    peerSnapshots: peerSnapshots
                )
                try await serve(sockets, collector)
            }
        }
    }

    /// Those that the server sends through.
    private struct Sockets {
        let snapshots: RouterSocket
        let updates: PublisherSocket
        let states: PublisherSocket
        let peerSnapshots: DealerSocket
    }

    private func serve(_ sockets: Sockets, _ collector: SubscriberSocket) async throws {
        try await withSockets(
            SubscriberSocket(),
            SubscriberSocket(),
            linger: .discard
        ) { peerStates, peerUpdates in
            if let other = pair?.other {
                try peerStates.subscribe()
                try peerUpdates.subscribe()
                try sockets.states.bind(own.states)
                try peerStates.connect(other.states)
                try peerUpdates.connect(other.updates)
                try sockets.peerSnapshots.connect(other.snapshots)
            }
            try await serve(sockets, collector, peerStates, peerUpdates)
        }
    }

    private func serve(
        _ sockets: Sockets,
        _ collector: SubscriberSocket,
        _ peerStates: SubscriberSocket,
        _ peerUpdates: SubscriberSocket
    ) async throws {
        let star = pair.map { BinaryStar($0.role, patience: beat * 2, at: .now) }
        var server = CloneServerState(star: star)
        let select = Select<Input>()
        select.add(sockets.snapshots) { .snapshotWanted($0) }
        select.add(collector) { .collected($0) }
        select.every(beat) { .beat }
        if pair != nil {
            select.add(peerStates) { .peerState($0) }
            select.add(sockets.peerSnapshots) { .peerSnapshot($0) }
            // What is published while the snapshot is on its way has to wait for it.
            let isReading = { server.isActive || server.replica.phase != .syncing }
            select.add(peerUpdates, when: isReading) { .peerUpdate($0) }
        }
        say("server: \(star.map { "\($0.state)" } ?? "alone")")
        for try await input in select {
            let before = server.star?.state
            var published = try await take(input, &server, sockets)
            if let state = server.star?.state, state != before {
                say("server: now \(state)")
                try await sockets.states.send("\(state.rawValue)")
                if state == .active { published += server.takeOver(at: .now) }
                if state == .passive {
                    try beginToFollow(&server, sockets, wasActive: before == .active)
                }
            }
            for update in published { try await sockets.updates.send(update.message) }
        }
    }

    /// Sees to one input; returns what is to be published.
    private func take(
        _ input: Input,
        _ server: inout CloneServerState,
        _ sockets: Sockets
    ) async throws -> [CloneUpdate] {
        switch input {
        case .snapshotWanted(let message):
            // A client that asks is the vote that a silent pair needs.
            guard try server.star?.mayAnswer(at: .now) ?? true else { break }
            try await sendSnapshot(to: message, of: server.replica, sockets.snapshots)
        case .collected(let message):
            return CloneUpdate(message).map { server.collect($0, at: .now) } ?? []
        case .beat:
            try server.star?.tick(at: .now)
            if let state = server.star?.state { try await sockets.states.send("\(state.rawValue)") }
            try await sockets.updates.send(CloneUpdate.stillHere.message)
            // A snapshot that did not come has to be asked for again.
            if !server.isActive, server.replica.phase == .syncing { server.replica.beginAnew() }
            return server.expire(at: .now)
        case .peerState(let message):
            guard let state = Int(String(message)).flatMap(BinaryStar.State.init) else { break }
            try server.star?.hear(state, at: .now)
        case .peerUpdate(let message):
            guard let update = CloneUpdate(message), server.follow(update, at: .now) else { break }
            try await sockets.peerSnapshots.send(["ICANHAZ?", ""])
        case .peerSnapshot(let message):
            guard let update = CloneUpdate(message), !server.isActive else { break }
            guard server.replica.receive(snapshot: update, at: .now) else { break }
            say("server: has \(server.replica.entries.count) entries of the other")
        }
        return []
    }

    private func sendSnapshot(
        to request: Message,
        of replica: CloneReplica,
        _ snapshots: RouterSocket
    ) async throws {
        guard request.count == 3, let client = request.frame(at: 0),
            request.frame(at: 1) == "ICANHAZ?",
            let subtree = request.frame(at: 2).map({ String($0) })
        else { return }
        let entries = replica.entries.values.filter { $0.key.hasPrefix(subtree) }
        for entry in entries { try await snapshots.send(entry.message, to: client) }
        let end = CloneUpdate.end(at: replica.sequence, of: subtree)
        try await snapshots.send(end.message, to: client)
    }

    private func beginToFollow(
        _ server: inout CloneServerState,
        _ sockets: Sockets,
        wasActive: Bool
    ) throws {
        server.replica.beginAnew()
        guard wasActive else { return }
        // The clients of this server have to find the other one: it hangs up on them.
        try sockets.updates.unbind(own.updates)
        try sockets.updates.bind(own.updates)
    }
}
