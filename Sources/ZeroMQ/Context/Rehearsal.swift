internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Makes this thread perform first what the context's own threads would otherwise perform first.
///
/// Swift builds the descriptions of generic types on first use, under a lock. A child that is
/// forked at that moment finds them locked forever, because the thread that would unlock them is
/// not in the child: the child then hangs. So before a socket is bound or connected, a pair of
/// sockets of its kind exchanges messages in a context without threads, whose loop is driven by
/// this thread's calls. Afterwards every description exists. A fork in another thread waits until
/// this is over, which takes a few milliseconds, once for each kind.
enum Rehearsal {
    private enum Mechanism: Hashable { case null, plain, curve }

    /// Which types talk to each other; the client sends first.
    private struct Scene: Hashable {
        let server: SocketKind
        let client: SocketKind
        let mechanism: Mechanism

        init?(_ kind: SocketKind, _ security: SocketSecurity) {
            switch kind {
            case .push, .pull: (server, client) = (.pull, .push)
            case .publisher, .subscriber: (server, client) = (.subscriber, .publisher)
            case .xPublisher, .xSubscriber: (server, client) = (.xSubscriber, .xPublisher)
            case .request, .reply: (server, client) = (.reply, .request)
            case .dealer, .router: (server, client) = (.router, .dealer)
            case .pair: (server, client) = (.pair, .pair)
            // STREAM talks to no other socket, and its connections have no handshake.
            case .stream: return nil
            }
            mechanism =
                switch security.role {
                case .none: .null
                case .plainClient, .plainServer: .plain
                case .curveClient, .curveServer: .curve
                }
        }
    }

    private static let known = Locked<Set<Scene>>([])
    /// How long each step may take. Without descriptors or memory the rehearsal is abandoned.
    private static let patience = Duration.milliseconds(1)
    private static let steps = 100

    /// Rehearses what a socket of this kind is about to do, unless that has been done already.
    static func prepare(_ kind: SocketKind, _ security: SocketSecurity, for context: ContextCore) {
        guard context.hasThreads, let scene = Scene(kind, security) else { return }
        guard known.withLock({ !$0.contains(scene) }) else { return }
        ForkLock.begin()
        ForkLock.withLock {
            if known.withLock({ $0.insert(scene).inserted }) { play(scene) }
        }
    }

    private static func play(_ scene: Scene) {
        let context = ContextCore(
            options: ContextOptions(),
            network: PrivateNetwork(),
            hasThreads: false
        )
        let server = context.makeSocket(scene.server)
        let client = context.makeSocket(scene.client)
        for core in [server, client] {
            core.life.withLock { life in
                life.linger = .discard
                life.options.heartbeat = Heartbeat(interval: patience, timeout: .seconds(1))
            }
        }
        secure(server, client, scene.mechanism)
        try? converse(server, client)
        let loop = context.onlyLoop
        context.shutDown()
        // Runs the work that was posted last.
        loop?.runOnce(maxWait: .zero)
    }

    private static func secure(_ server: SocketCore, _ client: SocketCore, _ mechanism: Mechanism) {
        let roles: (SocketSecurity, SocketSecurity)
        switch mechanism {
        case .null: return
        case .plain: roles = (.plainServer, .plainClient(user: "user", password: "password"))
        case .curve:
            guard let keys = try? CurveKeyPair() else { return }
            roles = (.curveServer(keys), .curveClient(keys, server: keys.publicKey))
        }
        server.life.withLock { life in
            life.options.security = roles.0
            life.options.authenticator = Authenticator(.atOnce { _ in .accept() })
        }
        client.life.withLock { $0.options.security = roles.1 }
    }

    private static func converse(_ server: SocketCore, _ client: SocketCore) throws(ZeroMQError) {
        let endpoint = Endpoint.tcp("127.0.0.1", port: 1)
        _ = try server.bind(endpoint)
        try client.connect(endpoint)
        try? server.subscribe(Frame())
        // A short message, and one that is received into its own storage.
        for size in [1, 40_000] {
            let message = Message([UInt8](repeating: 1, count: size))
            for _ in 0..<steps {
                _ = try? client.trySend(message)
                guard let heard = try? server.receive(timeout: patience) else { continue }
                _ = try? server.trySend(heard)
                _ = try? client.receive(timeout: patience)
                break
            }
        }
        // The client loses its server, and begins to reconnect.
        _ = server.close(saying: .socketClosed, linger: .discard)
        let observer = EventObserver(client)
        for _ in 0..<steps {
            let deadline = Deadline(.upTo(patience), clock: client.context.clock)
            if case .retrying? = observer.next(deadline: deadline) { return }
        }
    }
}
