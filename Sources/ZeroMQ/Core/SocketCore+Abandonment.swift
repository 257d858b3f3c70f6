internal import ZeroMQReactor

/// What becomes of waiting calls when a connecting socket has given up its last endpoint.
///
/// No peer can come any more, so a call that would wait throws instead. Under the gate of its side,
/// the call reads the note of abandonment before it joins the waiters. The thread that gives up an
/// endpoint writes the note first and then wakes the waiters under the same gates. So every waiter
/// is either woken or has seen the note. The next bind or connect removes the note, and so does
/// taking the endpoint back.
extension SocketCore {
    /// Notes that a server refuses this socket, or, with nil, that it no longer does.
    func note(refusal error: ZeroMQError?, of pipe: SocketPipe) {
        connections.note(refusal: error, of: pipe)
        confirmations?.note(refusal: error, of: pipe)
        deliverToSender(Letter(.refusal(error), pipe: pipe))
        deliverToReceiver(Letter(.refusal(error), pipe: pipe))
    }

    /// The endpoint that `service` serves was given up, for this reason.
    func gaveUp(_ service: ObjectIdentifier, because error: ZeroMQError) {
        let isLast = life.withLock { life in
            for index in life.entries.indices where life.entries[index].identity == service {
                life.entries[index].givenUp = error
            }
            return life.abandonment != nil
        }
        if isLast { wakeAbandoned() }
    }

    /// Wakes every waiting call, so that each checks whether waiting still makes sense.
    func wakeAbandoned() {
        let woken =
            withSender { $0.waiters.popAll() } + withReceiver { $0.waiters.popAll() }
        for waiter in woken { waiter.wake() }
        connections.lookAgain()
        confirmations?.lookAgain()
    }

    /// Throws if every endpoint was given up. Asked before a call waits.
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
