internal import ZeroMQReactor

extension Poller {
    // MARK: Sockets

    /// Begins to wait for a socket, which it keeps alive.
    ///
    /// A socket that cannot receive is never readable, and one that cannot send never writable.
    ///
    /// C: `zmq_poller_add`.
    @discardableResult
    public func add(_ socket: some Socket, for interest: Readiness) -> Token {
        add(.socket(socket), interest, nil)
    }

    /// Begins to wait for a socket, and has `run` call a closure when it is ready.
    ///
    /// What the closure throws, an error of any type, ends `run`, which throws it on.
    /// The poller keeps the closure until `remove`: one that uses the poller should capture it
    /// weakly, or neither ever goes.
    @discardableResult
    public func add(
        _ socket: some Socket,
        for interest: Readiness,
        handler: @escaping (Readiness) throws -> Void
    ) -> Token {
        add(.socket(socket), interest, handler)
    }

    // MARK: Descriptors

    /// Begins to wait for a descriptor, which must be removed before it is closed.
    ///
    /// C: `zmq_poller_add_fd`.
    /// - Throws: `systemFailure` if the system cannot wait for it, such as for a plain file.
    @discardableResult
    public func add(descriptor: Int32, for interest: Readiness) throws(ZeroMQError) -> Token {
        try addDescriptor(descriptor, interest, nil)
    }

    /// Begins to wait for a descriptor, and has `run` call a closure when it is ready.
    ///
    /// What the closure throws, an error of any type, ends `run`, which throws it on.
    /// The poller keeps the closure until `remove`: one that uses the poller should capture it
    /// weakly, or neither ever goes.
    /// - Throws: `systemFailure` if the system cannot wait for it, such as for a plain file.
    @discardableResult
    public func add(
        descriptor: Int32,
        for interest: Readiness,
        handler: @escaping (Readiness) throws -> Void
    ) throws(ZeroMQError) -> Token {
        try addDescriptor(descriptor, interest, handler)
    }

    // MARK: Changes

    /// Waits for something else of a socket or descriptor from now on; empty for nothing.
    ///
    /// C: `zmq_poller_modify`, `zmq_poller_modify_fd`.
    /// - Throws: `notFound` if the token was removed.
    public func modify(_ token: Token, for interest: Readiness) throws(ZeroMQError) {
        guard let entry = entries[token.number] else {
            throw ZeroMQError(.notFound, "the poller has nothing under this token")
        }
        try checkProcess()
        if case .descriptor(let number) = entry.subject {
            do throws(SystemError) {
                let poller = try mailbox.descriptorPoller(isShown: false)
                try poller.modify(number, token: token.number, interest: interest.inKernelTerms)
            } catch {
                throw .unpollable(number, error)
            }
        }
        entry.withdraw()
        entry.interest = interest
        unarmed.insert(token.number)
    }

    /// Ceases to wait for a socket or descriptor. Nothing happens if that was done before.
    ///
    /// C: `zmq_poller_remove`, `zmq_poller_remove_fd`.
    public func remove(_ token: Token) {
        guard let entry = entries.removeValue(forKey: token.number) else { return }
        unarmed.remove(token.number)
        entry.withdraw()
        if case .descriptor(let number) = entry.subject, !isForked {
            // It was made when the descriptor was added.
            try? mailbox.descriptorPoller(isShown: false).remove(number)
        }
    }

    private func add(
        _ subject: PollerEntry.Subject,
        _ interest: Readiness,
        _ handler: PollerEntry.Handler?
    ) -> Token {
        let token = Token(number: makeNumber())
        entries[token.number] = PollerEntry(token, subject, interest, handler)
        unarmed.insert(token.number)
        return token
    }

    private func addDescriptor(
        _ descriptor: Int32,
        _ interest: Readiness,
        _ handler: PollerEntry.Handler?
    ) throws(ZeroMQError) -> Token {
        try checkProcess()
        let token = add(.descriptor(descriptor), interest, handler)
        do throws(SystemError) {
            let poller = try mailbox.descriptorPoller(isShown: false)
            try poller.add(descriptor, token: token.number, interest: interest.inKernelTerms)
            return token
        } catch {
            entries[token.number] = nil
            unarmed.remove(token.number)
            throw .unpollable(descriptor, error)
        }
    }

    // MARK: A descriptor for the poller

    /// A descriptor that is readable while the poller has something to report.
    ///
    /// For event loops of others: wait for it to become readable, then call `wait(timeout: .zero)`
    /// until it returns nothing. From the first event until that call it stays readable, so both
    /// edge- and level-triggered loops work; the descriptor itself must not be read or closed.
    /// Timers do not make it readable: see `timeToNextTimer`.
    ///
    /// C: `ZMQ_FD`, `zmq_poller_fd`.
    /// - Throws: `resourceExhausted` if descriptors have run out.
    public var descriptor: Int32 {
        get throws(ZeroMQError) {
            try checkProcess()
            do throws(SystemError) {
                return try mailbox.descriptorPoller(isShown: true).descriptor
            } catch {
                throw ZeroMQError(
                    .resourceExhausted,
                    "no descriptor could be made for the poller",
                    system: error
                )
            }
        }
    }
}

extension ZeroMQError {
    fileprivate static func unpollable(_ descriptor: Int32, _ error: SystemError) -> ZeroMQError {
        ZeroMQError(
            .systemFailure,
            "the system cannot wait for descriptor \(descriptor)",
            system: error
        )
    }
}
