/// A socket's options, endpoints and progress of closing; guarded by the lock in `SocketCore.life`.
struct SocketLife {
    enum Phase {
        /// Next: `closing`.
        case open
        /// Nothing new begins; accepted messages are being sent. Next: `closed`.
        case closing
        case closed
    }

    /// One endpoint of the socket and the object that serves it.
    struct Entry {
        enum Service {
            case listener(Listener)
            case connector(Connector)
            case inprocBinding(InprocBinding)
            case inprocConnection(InprocConnection)
        }

        let endpoint: Endpoint
        let service: Service
        /// The endpoint as the application gave it; `bind` resolves more.
        let given: Endpoint
        /// Why the endpoint was given up; nil while it is in use.
        var givenUp: ZeroMQError?
        /// How often connecting has failed since the last peer; and below, why it failed last.
        var setbacks = 0
        var setback: DisconnectReason?

        init(endpoint: Endpoint, service: Service, given: Endpoint? = nil) {
            self.endpoint = endpoint
            self.service = service
            self.given = given ?? endpoint
        }

        /// Tells this entry from others at the same endpoint.
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

        /// Whether the endpoint connects, and reconnects when its connection is lost.
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
    /// Why nothing new may begin; nil while the socket is open.
    var ending: ZeroMQError?
    var options: SocketOptions
    var linger: Linger
    var sendHighWaterMark = Limit.count(1000)
    var receiveHighWaterMark = Limit.count(1000)
    var entries: [Entry] = []
    /// Endpoints that were taken back while messages queued for them are still being sent.
    var departing: [Entry] = []
    /// Whether any endpoint uses or has used an event loop.
    var usesLoop = false
    /// How many messages were not sent; known when the socket is closed.
    var unsent = 0
    /// Called when the socket has closed.
    var whenClosed: [@Sendable () -> Void] = []

    /// Whether a connection to this endpoint is already being served and has not been given up.
    func isConnected(to endpoint: Endpoint) -> Bool {
        entries.contains { $0.endpoint == endpoint && $0.isKeptConnected }
    }

    /// The error for calls that would wait forever because every endpoint was given up. Nil while
    /// some endpoint can still bring a peer, and while there are none: another thread can add one.
    var abandonment: ZeroMQError? {
        guard phase == .open, entries.allSatisfy({ $0.givenUp != nil }) else { return nil }
        return entries.last?.givenUp
    }

    init(_ context: ContextOptions) {
        options = context.socketDefaults
        linger = context.defaultLinger
    }
}
