internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One connected endpoint over inproc: waits for somebody to bind its name, and again after every
/// loss, as a `Connector` does over the network.
///
///     waiting ──met──▶ met ──parted──▶ waiting …
///        └──── closed, given up ────▶ ended
///
/// Each meeting has two pipes of its own, which are streams between two sockets. What belongs to
/// one peer ends with them; what the socket has queued for whoever comes moves to the next pair.
final class InprocConnection: @unchecked Sendable {
    // Sendable because everything that changes is touched only in a turn of `InprocRegistry`.

    enum Phase {
        /// Nobody is bound to the name, or who is will not have this one. Next: `met`, `ended`.
        case waiting
        /// Next: `waiting`, `ended`.
        case met(InprocBinding)
        case ended
    }

    let core: SocketCore
    let settings: EndpointSettings
    /// Its place among all connections of the context: those who came first are met first.
    let number: Int
    var phase = Phase.waiting
    /// The pipes of the present meeting, or of the next one.
    private(set) var pair: InprocPair
    /// It has met somebody before.
    var hasMet = false
    /// Another peer took its name at a ROUTER: it waits until that one has gone.
    var isDismissed = false
    var closing: InprocClosing?
    /// Why nothing more will come of it, once that is so. The socket may hear of it before it has
    /// entered the endpoint, and looks here when it does.
    let givenUp = Locked<ZeroMQError?>(nil)

    init(core: SocketCore, endpoint: Endpoint, options: SocketOptions, number: Int) {
        self.core = core
        self.number = number
        settings = EndpointSettings(endpoint: endpoint, options: options)
        pair = InprocPair(core, options)
        pair.belong(to: self)
    }

    var options: SocketOptions { settings.options }
    var endpoint: Endpoint { settings.endpoint }
    var name: String { settings.endpoint.inprocName }

    /// Begins anew with empty streams. Returns the pipe of this side.
    func renewPair() -> SocketPipe {
        pair = InprocPair(core, options)
        pair.belong(to: self)
        return pair.near
    }

    /// Messages that wait for somebody who binds.
    ///
    /// A publisher's queue holds nothing but the greeting for a new subscriber.
    var waitingMessages: Int {
        core.sendPattern == .publish ? 0 : pair.near.outbound.unacknowledged
    }

    /// What was queued for one peer is for whoever comes next as well.
    var keepsQueue: Bool { !options.queuesOnlyToConnectedPeers && !core.kind.remembersPeers }

    /// Something can be queued before anybody is there: what is for the endpoint, or for the name
    /// that the application gave to whoever answers there.
    var joinsEarly: Bool {
        keepsQueue || options.connectRoutingID != nil && !options.queuesOnlyToConnectedPeers
    }

    /// A connection that was lost is not made again.
    var endsWithLoss: Bool {
        options.reconnect == .never || options.reconnectStops.contains(.afterDisconnect)
    }

    func introduction(at endpoint: Endpoint) -> PeerDescription {
        PeerDescription(core, settings, at: endpoint)
    }
}

/// One bound name: who is there, and whom it has met. Touched only in a turn of `InprocRegistry`.
final class InprocBinding: @unchecked Sendable {
    // Sendable because `connections` is touched only in a turn of `InprocRegistry`.

    let core: SocketCore
    let settings: EndpointSettings
    /// Those that it has met, by their numbers.
    var connections: [Int: InprocConnection] = [:]

    init(core: SocketCore, endpoint: Endpoint, options: SocketOptions) {
        self.core = core
        settings = EndpointSettings(endpoint: endpoint, options: options)
    }

    var options: SocketOptions { settings.options }
    var endpoint: Endpoint { settings.endpoint }
    var name: String { settings.endpoint.inprocName }

    func introduction() -> PeerDescription { PeerDescription(core, settings, at: endpoint) }
}

extension PeerDescription {
    /// What a socket of this process would say of itself in a handshake.
    fileprivate convenience init(
        _ core: SocketCore,
        _ settings: EndpointSettings,
        at endpoint: Endpoint
    ) {
        self.init(
            kind: core.kind,
            identity: settings.options.routingID,
            address: endpoint.description,
            properties: settings.properties
        )
    }
}

extension SocketEvent.Peer {
    init(_ peer: PeerDescription) {
        self.init(
            PeerInfo(version: .zmtp31, kind: peer.kind, identity: peer.identity),
            address: peer.address,
            admission: nil
        )
    }
}

/// The close of a connection that has messages for somebody who has not come.
struct InprocClosing {
    var deadline: Instant?
    var alarm: Alarm?
    /// Who is told how many messages were not sent.
    var done: [@Sendable (Int) -> Void] = []

    /// Whether the time allowed ends sooner by this, and when.
    mutating func limit(to linger: Linger, from now: Instant) -> Instant? {
        guard case .wait(let limit) = linger else { return nil }
        let instant = now + limit
        if let deadline, deadline <= instant { return nil }
        deadline = instant
        return instant
    }
}
