internal import ZeroMQReactor

/// The connections of a socket one by one: who is there, and the end of one of them.
extension SocketCore {
    /// The peers that are connected now.
    ///
    /// None in a forked child, where a lock that another thread held is never released.
    var peers: [Peer] { context.isForked ? [] : connections.peers }

    /// Ends one connection. Returns false if it has ended already.
    ///
    /// Takes no gate: the connection belongs to its loop, or to a turn of `InprocRegistry`, which
    /// tells the socket as it does of any loss. Neither waits for a peer.
    func disconnect(_ peer: Peer.ID, linger: Linger?) -> Bool {
        guard !context.isForked, let owner = connections.owner(of: peer) else { return false }
        switch owner {
        case .session(let session):
            return dismiss(session, linger ?? life.withLock { $0.linger })
        case .inproc(let connection): return context.inproc.dismiss(connection, peer)
        }
    }

    private func dismiss(_ session: Session, _ linger: Linger) -> Bool {
        let outcome = Condition<Bool?>(nil)
        let isPosted = session.loop.execute {
            let wasThere = session.dismiss(linger)
            outcome.change { $0 = wasThere }
        }
        // A loop ends when all sockets are closed, and with them all connections.
        guard isPosted else { return false }
        // On the loop's own thread, for example in a closure that releases memory, waiting would
        // keep the loop from getting there.
        guard !session.loop.isOnLoop else { return true }
        let forever = Deadline(.forever, clock: context.clock)
        return outcome.wait(until: forever, in: context) { $0 } ?? false
    }
}
