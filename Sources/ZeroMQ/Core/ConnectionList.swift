/// The connections of a socket, by number, and the calls that wait for peers.
///
/// A connection is listed from its beginning to its end, so that the application can end it at any
/// time. It counts as a peer once its handshake is complete.
final class ConnectionList: Sendable {
    /// Who can end a connection.
    enum Owner: Sendable {
        case session(Session)
        case inproc(InprocConnection)
    }

    private struct Entry: Sendable {
        var peer: Peer
        var isReady = false
        let owner: Owner
    }

    private struct State: Sendable {
        var entries: [UInt64: Entry] = [:]
        var count = 0
        var ending: ZeroMQError?
        var refusals = ServerRefusals()

        /// The answer for a caller that waits for `wanted` peers; nil while there is none.
        func answer(_ wanted: Int) -> Result<Void, ZeroMQError>? {
            if let ending { return .failure(ending) }
            if count >= wanted { return .success(()) }
            return refusals.error.map { .failure($0) }
        }
    }

    private let condition = Condition(State())

    var count: Int { condition.state.count }

    /// The peers whose handshake is complete, in the order in which they came.
    var peers: [Peer] {
        let entries = condition.modify { $0.entries.values.filter(\.isReady) }
        return entries.map(\.peer).sorted { $0.id < $1.id }
    }

    /// Who can end a connection; nil if it has ended.
    func owner(of peer: Peer.ID) -> Owner? { condition.modify { $0.entries[peer]?.owner } }

    /// A connection begins.
    func add(_ peer: Peer, _ owner: Owner) {
        condition.modify { $0.entries[peer.id] = Entry(peer: peer, owner: owner) }
    }

    /// The handshake of a connection is complete.
    func becameReady(_ peer: Peer) {
        condition.change { state in
            precondition(state.entries[peer.id]?.isReady == false, "a peer becomes ready once")
            state.entries[peer.id]?.peer = peer
            state.entries[peer.id]?.isReady = true
            state.count += 1
        }
    }

    /// A connection has ended, if it was listed.
    func remove(_ peer: Peer) {
        let wasReady = condition.modify { state in
            guard let entry = state.entries.removeValue(forKey: peer.id), entry.isReady else {
                return false
            }
            state.count -= 1
            return true
        }
        if wasReady { lookAgain() }
    }

    /// A server refuses a connection, or, with nil, no longer refuses it.
    func note(refusal error: ZeroMQError?, of pipe: SocketPipe) {
        condition.change { $0.refusals.note(error, pipe) }
    }

    /// Wakes every waiter, so that each checks whether waiting still makes sense.
    func lookAgain() { condition.change { _ in } }

    /// The socket closes: every waiter throws `error`.
    func end(_ error: ZeroMQError) {
        condition.change { state in state.ending = state.ending ?? error }
    }

    /// Waits until there are at least `count` peers. Throws what `despair` returns if none can
    /// come.
    func wait(
        atLeast count: Int,
        patience: Patience,
        context: ContextCore,
        despair: () -> ZeroMQError?
    ) throws(ZeroMQError) {
        try context.checkProcess()
        let deadline = Deadline(patience, clock: context.clock)
        let answer = condition.wait(until: deadline, in: context) {
            $0.answer(count) ?? despair().map { .failure($0) }
        }
        try check(answer, count)
    }

    /// Suspends the task until there are at least `count` peers, or none can come.
    func wait(
        atLeast count: Int,
        patience: Patience,
        context: ContextCore,
        despair: () -> ZeroMQError?
    ) async throws(ZeroMQError) {
        let answer = try await condition.wait(patience: patience, context: context) {
            $0.answer(count) ?? despair().map { .failure($0) }
        }
        try check(answer, count)
    }

    private func check(_ answer: Result<Void, ZeroMQError>?, _ count: Int) throws(ZeroMQError) {
        guard let answer else {
            throw ZeroMQError(
                .timedOut,
                "fewer than \(count) peers were connected in the time allowed"
            )
        }
        try answer.get()
    }
}
