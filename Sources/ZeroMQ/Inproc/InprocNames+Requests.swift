/// Requests that are given up over inproc, where what one socket has sent is what the other one has
/// to receive. In a turn, so that the two cannot part meanwhile and send the request on.
extension InprocNames {
    /// Takes back the request under way. Nil if it is not under way over inproc.
    mutating func withdrawRequest(of core: SocketCore, onlyIfUnsent: Bool) -> Bool? {
        let (asked, isMarked) = core.withReceiver { side in
            (side.request.isAwaiting ? side.request.asked : nil, side.request.isMarked)
        }
        guard let asked, asked.inproc != nil else { return nil }
        // One that may go on needs no new connection.
        let keepsConnection = isMarked || onlyIfUnsent
        let isUnsent = withdrawRequest(from: asked, of: core, isMarked: keepsConnection)
        core.withReceiver { side in
            if isUnsent || !onlyIfUnsent { side.request.answered() } else { side.request.goOn() }
        }
        return isUnsent
    }

    /// Takes back what the peer has not received. If it has, and the reply would not say to which
    /// request it belongs, the two part and meet again.
    mutating func withdrawRequest(
        from pipe: SocketPipe,
        of core: SocketCore,
        isMarked: Bool
    ) -> Bool {
        guard let connection = pipe.inproc?.connection,
            pipe === connection.pair.near || pipe === connection.pair.far
        else { return false }
        let isByBinder = pipe === connection.pair.far
        var isUnsent = false
        switch connection.phase {
        case .ended: break
        case .waiting:
            let count = core.takeBackRequests(of: pipe)
            core.drops.count(.withdrawn, count)
            isUnsent = count > 0
        case .met(let binding):
            let other = isByBinder ? connection.core : binding.core
            let otherPipe = isByBinder ? connection.pair.near : connection.pair.far
            let count = other.discardUnread(of: otherPipe)
            other.drops.count(.withdrawn, count)
            isUnsent = count > 0
        }
        let mustRenew = core.withReceiver { _ in
            if !isUnsent, !isMarked { pipe.isGivenUp = true }
            return pipe.isGivenUp
        }
        if mustRenew { part(connection, .requestGivenUp(isByBinder: isByBinder)) }
        return isUnsent
    }
}

extension SocketCore {
    /// Takes out of a pipe what nobody is there to read.
    fileprivate func takeBackRequests(of pipe: SocketPipe) -> Int {
        withSender { _ in pipe.takeBack().count }
    }

    /// Takes what has arrived from a REQ and was not received: its request, and nothing else.
    fileprivate func discardUnread(of pipe: SocketPipe) -> Int {
        withReceiver { _ in
            let count = pipe.inbound.takeRest().count
            if count > 0 { pipe.inbound.wakeProducerIfNeeded() }
            return count
        }
    }
}
