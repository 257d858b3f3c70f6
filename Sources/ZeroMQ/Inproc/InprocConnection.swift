internal import ZeroMQProtocol
internal import ZeroMQReactor

/// One connected endpoint over inproc. It waits until its name is bound, and waits again after
/// every loss, like a `Connector` over the network.
///
///     waiting ──met──▶ met ──parted──▶ waiting …
///        └──── closed, given up ────▶ ended
///
/// Each meeting has its own two pipes, which are streams between two sockets. What belongs to one
/// peer ends with them. Messages queued for any peer move to the next pair.
final class InprocConnection: @unchecked Sendable {
    // Sendable because all mutable parts are used only in a turn of `InprocRegistry`.

    enum Phase {
        /// The name is not bound, or the bound socket refuses this connection. Next: `met`,
        /// `ended`.
        case waiting
        /// Next: `waiting`, `ended`.
        case met(InprocBinding)
        case ended
    }

    let core: SocketCore
    let settings: EndpointSettings
    /// Orders the connections of the context: earlier ones are met first.
    let number: Int
    var phase = Phase.waiting
    /// The pipes of the current meeting, or of the next one.
    private(set) var pair: InprocPair
    /// The current meeting's connection, as the connecting socket names it and as the bound one
    /// does; nil while there is no peer.
    var meeting: (near: Peer, far: Peer)?
    /// Whether it has met a peer before.
    var hasMet = false
    /// Another peer took over its name at a ROUTER: it waits until that peer has gone.
    var isDismissed = false
    var closing: InprocClosing?
    /// Why the connection was given up; nil before. It may be given up before the socket has added
    /// the endpoint, so the socket looks here when it adds it.
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

    /// Starts again with empty streams. Returns the pipe of this side.
    func renewPair() -> SocketPipe {
        pair = InprocPair(core, options)
        pair.belong(to: self)
        return pair.near
    }

    /// Messages that wait until the name is bound.
    ///
    /// A publisher's queue contains only the greeting for a new subscriber.
    var waitingMessages: Int {
        core.sendPattern == .publish ? 0 : pair.near.outbound.unacknowledged
    }

    /// Messages queued for one peer may be sent to the next one.
    var keepsQueue: Bool { !options.queuesOnlyToConnectedPeers && !core.kind.remembersPeers }

    /// Whether messages may be queued before there is a peer: for the endpoint, or for the name
    /// that the application gave to the first peer there.
    var joinsEarly: Bool {
        keepsQueue || options.connectRoutingID != nil && !options.queuesOnlyToConnectedPeers
    }

    /// A lost connection is not made again.
    var endsWithLoss: Bool {
        options.reconnect == .never || options.reconnectStops.contains(.afterDisconnect)
    }

    func introduction(at endpoint: Endpoint) -> PeerDescription {
        PeerDescription(core, settings, at: endpoint)
    }
}

/// One bound name: its socket, and the connections it has met. Used only in a turn of
/// `InprocRegistry`.
final class InprocBinding: @unchecked Sendable {
    // Sendable because `connections` is used only in a turn of `InprocRegistry`.

    let core: SocketCore
    let settings: EndpointSettings
    /// The connections that it has met, by number.
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
    /// What a socket of this process would send in a handshake.
    fileprivate convenience init(
        _ core: SocketCore,
        _ settings: EndpointSettings,
        at endpoint: Endpoint
    ) {
        self.init(
            kind: core.kind,
            identity: Array(settings.options.routingID),
            address: endpoint.description,
            properties: settings.properties
        )
    }
}

/// The close of a connection with messages for a peer that has not come.
struct InprocClosing {
    var deadline: Instant?
    var alarm: Alarm?
    /// Called with the number of messages that were not sent.
    var done: [@Sendable (Int) -> Void] = []

    /// Lowers the deadline. Returns it if it is now earlier.
    mutating func limit(to linger: Linger, from now: Instant) -> Instant? {
        guard case .wait(let limit) = linger else { return nil }
        let instant = now + limit
        if let deadline, deadline <= instant { return nil }
        deadline = instant
        return instant
    }
}
