/// The subscriber's own readiness.
extension SubscribingSocket {
    /// Waits until every subscription made so far is in force at every connected publisher.
    ///
    /// Nothing that they publish afterwards is missed: ask for a snapshot now, or tell them to
    /// begin. A publisher that leaves meanwhile no longer counts, and one that comes counts too;
    /// there must be `count` at least. Publishers are asked by a PING of ZMTP 3.1, libzmq's by two
    /// and a pause of 5 ms; those of earlier versions, which cannot be asked, count once they were
    /// sent the subscriptions. An XPUB with `isManual` answers before its program decides.
    ///
    /// The answer is read behind the messages that came before it. So a socket that is subscribed
    /// already has to receive meanwhile, if they may fill its queue.
    /// - Throws: `timedOut`, naming publishers that have not answered; `notConnected`,
    ///   `authenticationRefused`, `socketClosed`, `contextShutDown`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func subscribed(
        atLeast count: Int = 1,
        timeout: Duration? = nil
    ) throws(ZeroMQError) {
        try handle.core.waitUntilSubscribed(atLeast: count, patience: Patience(timeout))
    }

    /// Suspends the task until every subscription made so far is in force at every publisher.
    ///
    /// See the blocking form.
    /// - Throws: as the blocking form; `cancelled`.
    public func subscribed(
        atLeast count: Int = 1,
        timeout: Duration? = nil
    ) async throws(ZeroMQError) {
        try await handle.core.waitUntilSubscribed(atLeast: count, patience: Patience(timeout))
    }

    /// Waits until every subscription made so far is in force, at most until `deadline`.
    /// - Throws: as `subscribed(atLeast:timeout:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func subscribed(
        atLeast count: Int = 1,
        until deadline: ContinuousClock.Instant
    ) throws(ZeroMQError) {
        try subscribed(atLeast: count, timeout: deadline.remaining)
    }

    /// Suspends the task until every subscription made so far is in force, at most until
    /// `deadline`.
    /// - Throws: as `subscribed(atLeast:timeout:)`; `cancelled`.
    public func subscribed(
        atLeast count: Int = 1,
        until deadline: ContinuousClock.Instant
    ) async throws(ZeroMQError) {
        try await subscribed(atLeast: count, timeout: deadline.remaining)
    }
}
