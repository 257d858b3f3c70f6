internal import ZeroMQReactor

/// What becomes of waiting calls when a connecting socket has given up its last endpoint.
///
/// Nobody will come any more, so a call that would wait throws. It looks under the gate of its side
/// before it joins those who wait there. Whoever gives up an endpoint notes it first and wakes
/// those second, under the same gates: so a waiter is either woken or has seen the note. The note
/// goes with the next bind or connect, and with the endpoint when it is taken back.
extension SocketCore {
    /// Nothing more will come of the endpoint that `service` sees to, for this reason.
    func gaveUp(_ service: ObjectIdentifier, because error: ZeroMQError) {
        let isLast = life.withLock { life in
            for index in life.entries.indices where life.entries[index].identity == service {
                life.entries[index].givenUp = error
            }
            return life.abandonment != nil
        }
        if isLast { wakeAbandoned() }
    }

    /// Has every call that waits look once more whether there is something to wait for.
    func wakeAbandoned() {
        let woken =
            withSender { $0.waiters.popAll() } + withReceiver { $0.waiters.popAll() }
        for waiter in woken { waiter.wake() }
        readyPeers.lookAgain()
    }

    /// Throws what a call that is about to wait has to throw.
    func checkHope() throws(ZeroMQError) {
        if let error = life.withLock({ $0.abandonment }) { throw error }
    }
}

extension ZeroMQError {
    /// An endpoint was given up, and no other is left.
    static func gaveUp(_ endpoint: Endpoint, _ reason: DisconnectReason) -> ZeroMQError {
        ZeroMQError(
            .notConnected,
            "the last endpoint of the socket was given up: \(reason)",
            endpoint: endpoint,
            hint: "connect or bind again; `reconnect` and `reconnectStops` say when to give up"
        )
    }
}
