internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The inproc names of a context: which socket is bound to each, and which connections wait for it.
///
/// Sockets meet and part in turns, one at a time in a context. A turn enters the gates of the
/// sockets one after another, so it never begins inside a gate: the lock of the turn comes before
/// all gates. A change that is noticed inside a gate is left as an errand. So a meeting never
/// overlaps an end, and no socket has a peer that has gone.
final class InprocRegistry: Sendable {
    /// Work for a turn, noticed inside a gate.
    enum Errand {
        /// A socket refuses the peer behind one of its pipes.
        case refusal(InprocConnection, by: SocketPipe, Refusal)
        /// A REQ has given up the request that it sent through a pipe.
        case requestGivenUp(SocketCore, SocketPipe)
        /// A socket may have room for a connection that it has turned away.
        case freePlace(SocketCore)
    }

    private struct Errands {
        var list: [Errand] = []
        /// A turn is running, and will look here before it ends.
        var isTurn = false
        /// An event loop has been asked to run a turn.
        var isCalled = false
    }

    private let names = Locked(InprocNames())
    /// The innermost lock: taken inside the lock of the turn, and inside gates.
    private let errands = Locked(Errands())

    // MARK: Turns

    /// Runs `body` while no other sockets meet or part. Not inside a gate.
    @discardableResult
    private func inTurn<R>(
        _ body: (inout InprocNames) throws(ZeroMQError) -> R
    ) throws(ZeroMQError) -> R {
        var afterwards: [@Sendable () -> Void] = []
        let result = names.withLock { names in
            errands.withLock { $0.isTurn = true }
            let result = Result { () throws(ZeroMQError) in try body(&names) }
            while let errands = nextErrands() {
                for errand in errands { names.run(errand) }
            }
            (afterwards, names.afterwards) = (names.afterwards, [])
            return result
        }
        // Outside the lock: the end of a socket enters gates, and its closing may begin another
        // turn.
        for action in afterwards { action() }
        return try result.get()
    }

    /// Takes the errands of this turn; nil ends the turn.
    private func nextErrands() -> [Errand]? {
        errands.withLock { errands in
            defer { errands.list = [] }
            errands.isTurn = !errands.list.isEmpty
            return errands.isTurn ? errands.list : nil
        }
    }

    private func turn(_ body: (inout InprocNames) -> Void) {
        // Nothing in here throws.
        try? inTurn { names throws(ZeroMQError) in body(&names) }
    }

    /// Leaves an errand. May be called inside any gate: it never waits for a turn.
    func later(_ errand: Errand, in context: ContextCore) {
        let mustCall = errands.withLock { errands in
            errands.list.append(errand)
            guard !errands.isTurn, !errands.isCalled else { return false }
            errands.isCalled = true
            return true
        }
        guard mustCall else { return }
        // Without a loop the errand waits for the next turn, which comes soon if the context is
        // ending.
        guard let loop = try? context.firstLoop() else {
            return errands.withLock { $0.isCalled = false }
        }
        loop.execute { [self] in
            errands.withLock { $0.isCalled = false }
            turn { _ in }
        }
    }

    // MARK: Calls

    func bind(
        _ endpoint: Endpoint,
        core: SocketCore,
        options: SocketOptions
    ) throws(ZeroMQError) -> InprocBinding {
        let binding = InprocBinding(core: core, endpoint: endpoint, options: options)
        try inTurn { names throws(ZeroMQError) in try names.bind(binding) }
        return binding
    }

    func connect(
        _ endpoint: Endpoint,
        core: SocketCore,
        options: SocketOptions
    ) throws(ZeroMQError) -> InprocConnection {
        try inTurn { names throws(ZeroMQError) in
            try names.connect(endpoint, core: core, options: options)
        }
    }

    func isBound(_ endpoint: Endpoint) -> Bool {
        names.withLock { $0.places[endpoint.inprocName]?.binding != nil }
    }

    /// How many names are bound or waited for.
    var nameCount: Int { names.withLock { $0.places.count } }

    /// Unbinds a name and ends the connections that came through it.
    func unbind(_ binding: InprocBinding) { turn { $0.unbind(binding) } }

    /// Ends a connection when a peer has received its queue, or when the linger time is over.
    /// `done` is called with the number of messages that were not sent.
    func close(
        _ connection: InprocConnection,
        _ linger: Linger,
        then done: @escaping @Sendable (Int) -> Void
    ) {
        turn { $0.close(connection, linger, then: done) }
    }

    /// Ends one connection at the request of one of its sockets. Returns false if it has ended
    /// already. Never called inside a gate.
    func dismiss(_ connection: InprocConnection, _ number: Peer.ID) -> Bool {
        let outcome = try? inTurn { names throws(ZeroMQError) in names.dismiss(connection, number) }
        return outcome ?? false
    }

    /// Gives up the pending request of a REQ over inproc. Returns whether it was taken back; nil if
    /// none is pending. With `onlyIfUnsent`, keeps it if it cannot be taken back. Never called
    /// inside a gate.
    func withdrawRequest(of core: SocketCore, onlyIfUnsent: Bool) -> Bool? {
        let outcome = try? inTurn { names throws(ZeroMQError) in
            names.withdrawRequest(of: core, onlyIfUnsent: onlyIfUnsent)
        }
        return outcome ?? nil
    }

    /// The linger time of a connection is over.
    func expire(_ connection: InprocConnection) { turn { $0.finish(connection) } }

    /// Ends a closing connection at the deadline. Without a loop for the timer it ends at once.
    func watch(_ connection: InprocConnection, until deadline: Instant) {
        guard let loop = try? connection.core.context.firstLoop() else { return expire(connection) }
        let alarm = Alarm(loop: loop, at: deadline) { self.expire(connection) }
        turn { names in
            // It has closed meanwhile, or its deadline has moved.
            guard connection.closing?.deadline == deadline else { return alarm.cancel() }
            connection.closing?.alarm?.cancel()
            connection.closing?.alarm = alarm
        }
    }

    /// No socket can bind or connect any more, so no connection waits for a peer.
    func shutDown() { turn { $0.shutDown() } }

    /// The sum of two high-water marks, either of which may be unlimited.
    static func sum(_ left: Int, _ right: Int) -> Int {
        left == 0 || right == 0 ? 0 : left + right
    }
}
