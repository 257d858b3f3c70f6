/// What a socket is told and what it has open; guarded by the lock in `SocketCore.life`.
struct SocketLife {
    enum Phase {
        /// Next: `closing`.
        case open
        /// Nothing new begins; what was accepted is being sent. Next: `closed`.
        case closing
        case closed
    }

    /// One endpoint of the socket and what serves it.
    struct Entry {
        enum Service {
            case listener(Listener)
            case connector(Connector)
            case inprocBinding(InprocBinding)
            case inprocConnection(InprocConnection)
        }

        let endpoint: Endpoint
        let service: Service
        /// The endpoint as the application gave it: `bind` finds out more.
        let given: Endpoint
        /// Why nothing more will come of the endpoint, once that is so.
        var givenUp: ZeroMQError?
        /// How often connecting has failed since somebody was there, and why it did last.
        var setbacks = 0
        var setback: DisconnectReason?

        init(endpoint: Endpoint, service: Service, given: Endpoint? = nil) {
            self.endpoint = endpoint
            self.service = service
            self.given = given ?? endpoint
        }

        /// What tells it from others at the same endpoint.
        var identity: ObjectIdentifier {
            switch service {
            case .listener(let listener): ObjectIdentifier(listener)
            case .connector(let connector): ObjectIdentifier(connector)
            case .inprocBinding(let binding): ObjectIdentifier(binding)
            case .inprocConnection(let connection): ObjectIdentifier(connection)
            }
        }

        var isBound: Bool {
            switch service {
            case .listener, .inprocBinding: true
            case .connector, .inprocConnection: false
            }
        }

        /// Whether a connection is made, and made again when it is lost.
        var isKeptConnected: Bool {
            if case .connector = service { givenUp == nil } else { false }
        }

        var usesLoop: Bool {
            switch service {
            case .listener, .connector: true
            case .inprocBinding, .inprocConnection: false
            }
        }
    }

    var phase = Phase.open
    /// Why nothing new begins, once that is so.
    var ending: ZeroMQError?
    var options: SocketOptions
    var linger: Linger
    var sendHighWaterMark = Limit.count(1000)
    var receiveHighWaterMark = Limit.count(1000)
    var entries: [Entry] = []
    /// Endpoints that were taken back, while what was queued for them is being sent.
    var departing: [Entry] = []
    /// Something comes, or came once, by way of an event loop.
    var usesLoop = false
    /// How many messages were not sent, known when the socket is closed.
    var unsent = 0
    /// Who waits for the end.
    var whenClosed: [@Sendable () -> Void] = []

    /// Whether the loop sees to a connection to an endpoint already, and has not given it up.
    func isConnected(to endpoint: Endpoint) -> Bool {
        entries.contains { $0.endpoint == endpoint && $0.isKeptConnected }
    }

    /// Why calls that wait would wait for ever: every endpoint has been given up. Nil while one can
    /// still bring a peer, and where there is none, which can be changed by another thread.
    var abandonment: ZeroMQError? {
        guard phase == .open, entries.allSatisfy({ $0.givenUp != nil }) else { return nil }
        return entries.last?.givenUp
    }

    init(_ context: ContextOptions) {
        options = context.socketDefaults
        linger = context.defaultLinger
    }
}
