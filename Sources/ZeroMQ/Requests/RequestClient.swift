internal import ZeroMQReactor

/// Makes any number of requests side by side, from any number of tasks and threads.
///
/// A DEALER that keeps a table of what it has asked. It talks to REP and ROUTER servers, at as many
/// endpoints as wanted: requests go in turn to those that are connected and answer. A reply goes to
/// the request it belongs to, and to nobody if that was given up. A request that certainly was not
/// sent is sent elsewhere; one that may have been received is sent again only if `retry` says that
/// this does no harm.
///
/// A client that is no longer referenced closes by itself.
public final class RequestClient: Sendable {
    let dealer: DealerSocket
    let table: RequestTable

    /// Makes a client, not yet connected to anything.
    ///
    /// - Parameters:
    ///   - matching: How replies are told apart.
    ///   - maximumRequests: How many requests may be under way at a time. Default 10,000.
    ///   - context: The context that the client's socket belongs to.
    public init(
        matching: RequestMatching = .id,
        maximumRequests: Int = 10_000,
        context: Context = .shared
    ) {
        dealer = DealerSocket(context: context)
        dealer.linger = .discard
        table = RequestTable(matching, most: max(1, maximumRequests))
        let (core, table) = (dealer.handle.core, table)
        core.watchLines()
        // Ends when the socket is closed, which it does not keep open.
        Task.detached { await table.receive(from: core) }
    }

    // MARK: Endpoints

    /// Options that the next connect copies; see `SocketOptions`.
    ///
    /// `queuesOnlyToConnectedPeers` is on in any case: a request waits in no queue for a server
    /// that is not there. `keepsOnlyLatest` is off, because every request counts.
    public var options: SocketOptions {
        get { dealer.options }
        set { dealer.options = newValue }
    }

    /// Connects to a server, and again after every loss. It need not be there yet.
    /// - Throws: as `Socket.connect`; `invalidOption` for a `routingID` together with
    ///   `RequestMatching.order`: a ROUTER that knows it could answer to the next connection.
    public func connect(_ endpoint: Endpoint) throws(ZeroMQError) {
        guard table.matching == .id || dealer.options.routingID.isEmpty else {
            throw ZeroMQError(
                .invalidOption,
                "a late reply would follow the routing id of this client to its next connection",
                endpoint: endpoint,
                hint: "match replies by id, or give the client no `routingID`"
            )
        }
        dealer.options.queuesOnlyToConnectedPeers = true
        dealer.options.keepsOnlyLatest = false
        try dealer.connect(endpoint)
    }

    /// Connects to a server, and again after every loss. It need not be there yet.
    /// - Throws: the same.
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        try connect(Endpoint(endpoint))
    }

    /// Takes a connect back. Requests that were sent there fail with `notConnected`, or are sent
    /// elsewhere.
    /// - Throws: `notFound` if the client is not connected there.
    public func disconnect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try dealer.disconnect(endpoint)
    }

    /// Takes a connect back. Requests that were sent there fail with `notConnected`, or are sent
    /// elsewhere.
    /// - Throws: `notFound` if the client is not connected there.
    public func disconnect(_ endpoint: String) throws(ZeroMQError) {
        try dealer.disconnect(endpoint)
    }

    // MARK: Insight

    /// How many servers are connected now.
    public var peerCount: Int { dealer.peerCount }

    /// The servers that are connected now; see `Socket.peers`.
    public var peers: [Peer] { dealer.peers }

    /// Ends one connection, which comes again. Returns false if it had ended already.
    ///
    /// Requests that were sent there fail with `notConnected`, or are sent elsewhere.
    @discardableResult
    public func disconnect(_ peer: Peer) -> Bool { dealer.disconnect(peer, linger: .discard) }

    /// What happens to the endpoints and connections; see `Socket.events`.
    public var events: SocketEvents { dealer.events }

    /// What the client has done so far, and what it has at hand.
    public var statistics: RequestStatistics { table.statistics }

    /// The same of the socket below it, in messages and bytes.
    public var socketStatistics: SocketStatistics { dealer.statistics }

    // MARK: The end

    /// Closes the client. Requests under way fail with `socketClosed`; what has not been sent will
    /// not be.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func close() {
        table.end(.socketClosed)
        dealer.close(linger: .discard)
    }

    /// Closes the client. Requests under way fail with `socketClosed`; what has not been sent will
    /// not be.
    public func close() async {
        table.end(.socketClosed)
        await dealer.close(linger: .discard)
    }
}

extension RequestTable {
    /// Sees to what comes, until the socket is closed.
    fileprivate func receive(from core: SocketCore) async {
        do throws(ZeroMQError) {
            while true {
                let news = try await core.context.retry(patience: .forever) {
                    waiter throws(ZeroMQError) in
                    try core.newsOrWait(waiter)
                } withdraw: {
                    core.withdrawReceiver($0)
                }
                switch news {
                case .message(let message, let pipe): received(message, from: pipe)
                case .departed(let pipes): departed(pipes)
                case nil: break
                }
            }
        } catch {
            end(error)
        }
    }
}
