internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Binding and connecting, and taking either back.
extension SocketCore {
    /// Listens at an endpoint. Returns it with everything resolved.
    @usableFromInline
    func bind(_ endpoint: Endpoint) throws(ZeroMQError) -> Endpoint {
        // Checked before any event is reported: in a forked child, a lock that another thread held
        // at the moment of the fork stays locked forever.
        try context.checkProcess()
        do throws(ZeroMQError) {
            return try open(endpoint)
        } catch {
            events.post(.bindFailed(endpoint, error: error))
            throw error
        }
    }

    private func open(_ endpoint: Endpoint) throws(ZeroMQError) -> Endpoint {
        try endpoint.checkBindable()
        let options = try currentOptions(for: endpoint)
        try endpoint.checkLink(options)
        if case .inproc = endpoint.address {
            let binding = try context.inproc.bind(endpoint, core: self, options: options)
            try add(SocketLife.Entry(endpoint: endpoint, service: .inprocBinding(binding)))
            return endpoint
        }
        let loop = try context.nextLoop(affinity: options.ioThreadAffinity)
        Rehearsal.prepare(kind, options.security, for: context)
        let opened = try context.listen(at: endpoint, options: options)
        let listener = Listener(
            core: self,
            loop: loop,
            endpoint: opened.endpoint,
            options: options,
            descriptor: opened.descriptor,
            file: opened.file
        )
        let entry = SocketLife.Entry(
            endpoint: opened.endpoint,
            service: .listener(listener),
            given: endpoint
        )
        try add(entry)
        try start(listener, as: entry)
        return opened.endpoint
    }

    /// Starts a listener on its loop, and waits until it has started: if the loop cannot watch the
    /// descriptor, the listener would never hear of a peer.
    private func start(_ listener: Listener, as entry: SocketLife.Entry) throws(ZeroMQError) {
        let outcome = Condition<Result<Void, SystemError>?>(nil)
        let begin = { @Sendable in
            let result = Result { () throws(SystemError) in try listener.start() }
            outcome.change { $0 = result }
        }
        if listener.loop.isOnLoop {
            begin()
        } else if !listener.loop.execute(begin) {
            throw .contextShutDown
        }
        let forever = Deadline(.forever, clock: context.clock)
        let result = outcome.wait(until: forever, in: context) { $0 }
        guard case .failure(let error)? = result else { return }
        life.withLock { life in life.entries.removeAll { $0.identity == entry.identity } }
        throw ZeroMQError(binding: entry.endpoint, error)
    }

    /// Connects to an endpoint, now and after every loss. Returns before the peer is there.
    @usableFromInline
    func connect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try endpoint.checkConnectable()
        var options = try currentOptions(for: endpoint)
        let name = options.connectRoutingID
        options.connectRoutingID = takeGivenName(name)
        do throws(ZeroMQError) {
            try connect(endpoint, options)
        } catch {
            life.withLock { life in
                if life.options.connectRoutingID == nil { life.options.connectRoutingID = name }
            }
            throw error
        }
    }

    /// Takes the name given for the next connect. Returns nil if another thread has just used it.
    private func takeGivenName(_ name: Frame?) -> Frame? {
        life.withLock { life in
            guard life.options.connectRoutingID == name else { return nil }
            life.options.connectRoutingID = nil
            return name
        }
    }

    private func connect(_ endpoint: Endpoint, _ options: SocketOptions) throws(ZeroMQError) {
        try endpoint.checkLink(options)
        if kind.ignoresRepeatedConnect, life.withLock({ $0.isConnected(to: endpoint) }) { return }
        if case .inproc = endpoint.address {
            let connection = try context.inproc.connect(endpoint, core: self, options: options)
            try add(SocketLife.Entry(endpoint: endpoint, service: .inprocConnection(connection)))
            return
        }
        let loop = try context.nextLoop(affinity: options.ioThreadAffinity)
        Rehearsal.prepare(kind, options.security, for: context)
        let connector = Connector(core: self, loop: loop, endpoint: endpoint, options: options)
        // Another thread that sees the endpoint may disconnect it at once; its pipe is attached by
        // then.
        connector.attachEarly()
        let entry = SocketLife.Entry(endpoint: endpoint, service: .connector(connector))
        guard try add(entry) else { return }
        loop.execute { connector.dial() }
    }

    /// Stops listening at an endpoint and closes the connections that came through it.
    @usableFromInline
    func unbind(_ endpoint: Endpoint) throws(ZeroMQError) {
        try remove(endpoint, isBound: true)
    }

    /// Takes back every connect made with this endpoint.
    @usableFromInline
    func disconnect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try remove(endpoint, isBound: false)
    }

    private func remove(_ endpoint: Endpoint, isBound: Bool) throws(ZeroMQError) {
        try context.checkProcess()
        // Outside the lock, because this asks the system for its interfaces.
        let names = EndpointNames(endpoint)
        let (removed, linger) = try life.withLock { life throws(ZeroMQError) in
            (try life.takeEntries(at: endpoint, names, isBound: isBound), life.linger)
        }
        // Queued messages linger in the background, but listening has stopped when this returns.
        for entry in removed { stop(entry, linger: linger) { [self] _ in forget(entry) } }
        for entry in removed { waitForTurn(of: entry) }
    }

    private func forget(_ entry: SocketLife.Entry) {
        life.withLock { life in life.departing.removeAll { $0.identity == entry.identity } }
    }

    /// Returns when the endpoint's loop has done everything that it was asked to do before.
    private func waitForTurn(of entry: SocketLife.Entry) {
        let loop: EventLoop
        switch entry.service {
        case .listener(let listener): loop = listener.loop
        case .connector(let connector): loop = connector.loop
        // These act at once, without a loop.
        case .inprocBinding, .inprocConnection: return
        }
        let finished = Condition(false)
        // If the loop has ended, it has done everything it was asked to do. On the loop's own
        // thread, for example in a closure that releases memory, waiting would keep the loop from
        // getting there.
        guard !loop.isOnLoop, loop.execute({ finished.change { $0 = true } }) else { return }
        let forever = Deadline(.forever, clock: context.clock)
        _ = finished.wait(until: forever, in: context) { $0 }
    }

    private func currentOptions(for endpoint: Endpoint) throws(ZeroMQError) -> SocketOptions {
        try context.checkProcess()
        let (ending, options) = life.withLock { ($0.ending, $0.options) }
        if let ending { throw ending }
        if kind == .stream, case .inproc = endpoint.address {
            throw ZeroMQError(
                .incompatibleTransport,
                "a STREAM socket speaks to descriptors, not to inproc",
                endpoint: endpoint
            )
        }
        try options.validate(for: kind)
        try life.withLock { life throws(ZeroMQError) in try life.validateMarks() }
        return options
    }

    /// Adds an endpoint to the socket. Throws if the socket has been closed meanwhile. Returns
    /// false if another thread has just connected to the same endpoint and one connection is
    /// enough.
    @discardableResult
    private func add(_ entry: SocketLife.Entry) throws(ZeroMQError) -> Bool {
        var isLastHope = false
        let isEntered = life.withLock { life in
            guard life.phase == .open else { return false }
            // An endpoint that was given up is removed when the application connects to it again.
            if !entry.isBound {
                life.entries.removeAll { $0.givenUp != nil && $0.endpoint == entry.endpoint }
            }
            if entry.isKeptConnected, kind.ignoresRepeatedConnect,
                life.isConnected(to: entry.endpoint)
            {
                return false
            }
            life.entries.append(entry)
            if entry.usesLoop { life.usesLoop = true }
            // Over inproc, an endpoint may be given up as soon as it is connected. The thread that
            // gives it up looks for it here, before this entry is added or after.
            if case .inprocConnection(let connection) = entry.service,
                let error = connection.givenUp.withLock({ $0 })
            {
                life.entries[life.entries.count - 1].givenUp = error
                isLastHope = life.abandonment != nil
            }
            return true
        }
        if isLastHope { wakeAbandoned() }
        if isEntered { return true }
        abandon(entry)
        if let ending = life.withLock({ $0.ending }) { throw ending }
        return false
    }
}
