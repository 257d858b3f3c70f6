internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What happens in a turn of `InprocRegistry`. A name is listed while it is bound or waited for.
struct InprocNames {
    struct Place {
        var binding: InprocBinding?
        /// Connections that have no peer now, by number.
        var waiting: [Int: InprocConnection] = [:]

        var waitingInOrder: [InprocConnection] {
            waiting.values.sorted { $0.number < $1.number }
        }
    }

    private(set) var places: [String: Place] = [:]
    /// Waiting connections whose name is bound by a socket that has no room for them now.
    var turnedAway: [Int: InprocConnection] = [:]
    /// Work to be done when the turn is over.
    var afterwards: [@Sendable () -> Void] = []
    private var lastNumber = 0
    private var isShutDown = false

    // MARK: Binding and connecting

    mutating func bind(_ binding: InprocBinding) throws(ZeroMQError) {
        guard !isShutDown else { throw .contextShutDown }
        guard places[binding.name]?.binding == nil else {
            throw ZeroMQError(
                .addressInUse,
                "a socket of this context is bound to this name",
                endpoint: binding.endpoint,
                hint: "choose another name, or unbind the other socket first"
            )
        }
        let waiting = places[binding.name]?.waitingInOrder ?? []
        places[binding.name, default: Place()].binding = binding
        binding.core.events.post(.listening(binding.endpoint))
        for connection in waiting { meet(connection, binding) }
    }

    mutating func connect(
        _ endpoint: Endpoint,
        core: SocketCore,
        options: SocketOptions
    ) throws(ZeroMQError) -> InprocConnection {
        guard !isShutDown else { throw .contextShutDown }
        let binding = places[endpoint.inprocName]?.binding
        if let kind = binding?.core.kind, !kind.accepts(core.kind) {
            throw ZeroMQError(
                .incompatibleTransport,
                "a \(kind.wireName) socket is bound to this name, "
                    + "to which a \(core.kind.wireName) socket cannot connect",
                endpoint: endpoint
            )
        }
        lastNumber += 1
        let connection = InprocConnection(
            core: core,
            endpoint: endpoint,
            options: options,
            number: lastNumber
        )
        if connection.joinsEarly { core.join(connection.pair.near) }
        beginWaiting(connection)
        if let binding { meet(connection, binding) }
        return connection
    }

    /// From here on, a socket that binds the name meets the connection.
    mutating func beginWaiting(_ connection: InprocConnection) {
        connection.phase = .waiting
        places[connection.name, default: Place()].waiting[connection.number] = connection
        guard connection.closing == nil else { return }
        connection.core.events.post(.connecting(connection.endpoint))
    }

    mutating func unbind(_ binding: InprocBinding) {
        guard places[binding.name]?.binding === binding else { return }
        change(binding.name) { $0.binding = nil }
        let connections = binding.connections.values.sorted { $0.number < $1.number }
        for connection in connections { part(connection, .binderLeaves) }
        binding.core.events.post(.closed(binding.endpoint))
    }

    mutating func stopWaiting(_ connection: InprocConnection) {
        turnedAway[connection.number] = nil
        change(connection.name) { $0.waiting[connection.number] = nil }
    }

    /// Changes a place, and removes the name if it is neither bound nor waited for.
    private mutating func change(_ name: String, _ body: (inout Place) -> Void) {
        guard var place = places.removeValue(forKey: name) else { return }
        body(&place)
        if place.binding != nil || !place.waiting.isEmpty { places[name] = place }
    }

    // MARK: Errands

    mutating func run(_ errand: InprocRegistry.Errand) {
        switch errand {
        case .refusal(let connection, let pipe, let reason):
            // The refused pipe may have parted already.
            guard pipe === connection.pair.near || pipe === connection.pair.far else { return }
            part(connection, .refusal(reason, isByBinder: pipe === connection.pair.far))
        case .freePlace(let core): retry(at: core)
        case .requestGivenUp(let core, let pipe):
            _ = withdrawRequest(from: pipe, of: core, isMarked: false)
        }
    }

    /// Connections that a socket has turned away, or that it refused itself, try again.
    mutating func retry(at core: SocketCore) {
        for connection in turnedAway.values.sorted(by: { $0.number < $1.number }) {
            guard let binding = places[connection.name]?.binding else { continue }
            guard connection.core === core || binding.core === core else { continue }
            // Checked first: otherwise each place that comes free would be refused to all but one.
            guard refusal(of: connection, at: binding) == nil else { continue }
            turnedAway[connection.number] = nil
            meet(connection, binding)
        }
    }

    // MARK: Closing

    mutating func close(
        _ connection: InprocConnection,
        _ linger: Linger,
        then done: @escaping @Sendable (Int) -> Void
    ) {
        if case .ended = connection.phase {
            // Unsent messages were already reported to the call that ended it.
            return afterwards.append { done(0) }
        }
        let isFirst = connection.closing == nil
        connection.closing = connection.closing ?? InprocClosing()
        connection.closing?.done.append(done)
        if isFirst { leaveSocket(connection) }
        guard case .waiting = connection.phase else { return }
        if linger == .discard || isShutDown || connection.waitingMessages == 0 {
            return finish(connection)
        }
        let now = connection.core.context.clock.now
        guard let deadline = connection.closing?.limit(to: linger, from: now) else { return }
        let registry = connection.core.context.inproc
        afterwards.append { registry.watch(connection, until: deadline) }
    }

    /// The socket is done with the connection, which may still wait.
    private mutating func leaveSocket(_ connection: InprocConnection) {
        if case .met = connection.phase { return part(connection, .connecterLeaves) }
        // The queue still belongs to the socket, which counts it, and waits for it in `flush`.
        connection.core.retire(connection.pair.near)
    }

    /// Detaches the pipe from the socket, which has no peer behind it. Its messages are not
    /// counted.
    func takePipe(of connection: InprocConnection) {
        let near = connection.pair.near
        let left = connection.core.leave(near, placingRest: true)
        _ = connection.core.settle(near, farewells: [])
        if let request = left.request { connection.core.settleRequest(request, near, next: nil) }
    }

    /// Ends a connection that has no peer.
    mutating func finish(_ connection: InprocConnection) {
        guard case .waiting = connection.phase else { return }
        stopWaiting(connection)
        let closing = connection.closing.take()
        closing?.alarm?.cancel()
        connection.phase = .ended
        if closing != nil { takePipe(of: connection) }
        let unsent = connection.waitingMessages
        _ = connection.pair.near.takeBack()
        connection.core.drops.count(closing == nil ? .peerGone : .lingerExpired, unsent)
        connection.core.events.post(.closed(connection.endpoint))
        for done in closing?.done ?? [] { afterwards.append { done(unsent) } }
    }

    /// No peer can come any more: ends the connections that wait for one while they close.
    mutating func shutDown() {
        isShutDown = true
        for place in places.values {
            for connection in place.waitingInOrder where connection.closing != nil {
                finish(connection)
            }
        }
    }
}
