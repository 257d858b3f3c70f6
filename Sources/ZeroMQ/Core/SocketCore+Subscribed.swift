internal import ZeroMQReactor

/// SUB and XSUB: waits until publishers have applied this socket's subscriptions.
extension SocketCore {
    func waitUntilSubscribed(
        atLeast count: Int,
        patience: Patience
    ) throws(ZeroMQError) {
        try context.checkProcess()
        guard let confirmations else { return }
        let number = confirmations.begin()
        defer { confirmations.finish() }
        askPublishers(number)
        try confirmations.wait(
            for: number,
            atLeast: count,
            patience: patience,
            context: context
        ) { life.withLock { $0.abandonment } }
    }

    func waitUntilSubscribed(
        atLeast count: Int,
        patience: Patience
    ) async throws(ZeroMQError) {
        guard let confirmations else { return }
        let number = confirmations.begin()
        defer { confirmations.finish() }
        askPublishers(number)
        try await confirmations.wait(
            for: number,
            atLeast: count,
            patience: patience,
            context: context
        ) { life.withLock { $0.abandonment } }
    }

    /// Asks every connected publisher. Newcomers are asked when they are told all subscriptions.
    ///
    /// Peers that have identified themselves are known once the letters to both sides are read: so
    /// no publisher that the application can know of is left out.
    private func askPublishers(_ number: UInt64) {
        enterSender()
        enterReceiver()
        for pipe in receiving.pointee.queue.pipes { pipe.farEnd?.askForConfirmation(number) }
        leaveReceiver()
        leaveSender()
    }
}
