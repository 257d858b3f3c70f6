import ZeroMQ

extension Majordomo {
    /// Binds the broker's socket.
    ///
    /// When a connection ends, the socket itself says DISCONNECT in the name of its peer: the
    /// broker learns of a dead worker at once, and not only when heartbeats are missing. A worker
    /// that is frozen answers no PING, so its connection ends too.
    static func bind(_ socket: RouterSocket, at endpoint: String) throws -> Endpoint {
        socket.options.disconnectMessage = ["", workerHeader, Command.disconnect.frame]
        socket.options.heartbeat = Heartbeat(interval: .seconds(1))
        return try socket.bind(endpoint)
    }

    /// Plays the broker: one task takes what comes, and owns all that the broker knows.
    static func serve(_ socket: RouterSocket, beat: Duration) async throws {
        enum Input {
            case message(Message)
            case beat
        }
        let select = Select<Input>()
        select.add(socket) { .message($0) }
        select.every(beat) { .beat }
        var broker = MajordomoBroker(beat: beat)
        for try await input in select {
            switch input {
            case .message(let message): broker.receive(message, at: .now)
            case .beat: broker.beat(at: .now)
            }
            for line in broker.news { say("broker: \(line)") }
            for message in broker.outbox { try await socket.send(message) }
            (broker.news, broker.outbox) = ([], [])
        }
    }
}

/// What the broker knows, and what it does about each message. It has no socket and no clock.
struct MajordomoBroker {
    typealias Instant = ContinuousClock.Instant

    private struct Request {
        /// Whom to answer: what stood before the empty frame.
        let route: Message
        let body: Message
        let expiry: Instant
    }

    private struct Worker {
        let service: Frame
        var expiry: Instant
        /// What it works at. While it does, it may have no time for heartbeats.
        var request: Request?
    }

    private struct Service {
        var requests: [Request] = []
        var waiting: [Frame] = []
    }

    /// What is to be sent.
    var outbox: [Message] = []
    /// What has happened, in words.
    var news: [String] = []

    /// How long a request waits for a worker, before nobody can be interested any more.
    private let patience = Duration.seconds(30)
    /// How many requests wait at most, so that clients cannot fill the memory.
    private let maximumRequests = 10_000
    private let beat: Duration
    private var services: [Frame: Service] = [:]
    private var workers: [Frame: Worker] = [:]

    init(beat: Duration) { self.beat = beat }

    mutating func receive(_ message: Message, at now: Instant) {
        guard let (route, body) = message.splitEnvelope(), let sender = route.first else { return }
        var rest = body
        switch rest.popFirst() {
        case Majordomo.clientHeader: receive(request: rest, from: route, at: now)
        case Majordomo.workerHeader: receive(command: rest, from: sender, at: now)
        default: break
        }
    }

    /// Tells workers that the broker lives, and gives up what has waited too long.
    mutating func beat(at now: Instant) {
        for (address, worker) in workers where worker.request == nil && worker.expiry < now {
            forget(address, "has been silent for too long", at: now)
        }
        for address in workers.keys { tell(address, .heartbeat) }
        for name in services.keys { services[name]?.requests.removeAll { $0.expiry < now } }
        services = services.filter { !$0.value.requests.isEmpty || !$0.value.waiting.isEmpty }
    }

    // MARK: Clients

    private mutating func receive(request: Message, from route: Message, at now: Instant) {
        var body = request
        guard let name = body.popFirst() else { return }
        if isReserved(name) { return answer(route, name, [status(of: name, body)]) }
        guard services.values.reduce(0, { $0 + $1.requests.count }) < maximumRequests else {
            return
        }
        let request = Request(route: route, body: body, expiry: now + patience)
        services[name, default: Service()].requests.append(request)
        dispatch(name, at: now)
    }

    /// RFC 8: names that begin like this are the broker's own.
    private func isReserved(_ name: Frame) -> Bool { name.starts(with: "mmi.".utf8) }

    private func status(of name: Frame, _ body: Message) -> Frame {
        guard name == "mmi.service" else { return "501" }
        return workers.values.contains { $0.service == body.first } ? "200" : "404"
    }

    private mutating func answer(_ route: Message, _ service: Frame, _ body: Message) {
        outbox.append(route + ["", Majordomo.clientHeader, service] + body)
    }

    // MARK: Workers

    private mutating func receive(command: Message, from sender: Frame, at now: Instant) {
        var rest = command
        guard let command = rest.popFirst().flatMap(Majordomo.Command.init) else { return }
        workers[sender]?.expiry = now + beat * Majordomo.liveness
        switch (command, workers[sender]) {
        case (.ready, nil):
            guard let service = rest.first, !isReserved(service) else {
                return tell(sender, .disconnect)
            }
            news.append("a worker for \(service) is ready")
            workers[sender] = Worker(service: service, expiry: now + beat * Majordomo.liveness)
            wait(sender, at: now)
        case (.reply, let worker?):
            // To whom it goes is not the worker's to say: the broker knows it.
            guard let request = worker.request, let (_, body) = rest.splitEnvelope() else {
                return refuse(sender, at: now)
            }
            workers[sender]?.request = nil
            answer(request.route, worker.service, body)
            wait(sender, at: now)
        case (.heartbeat, _?): break
        case (.disconnect, _): forget(sender, "has left", at: now)
        default: refuse(sender, at: now)
        }
    }

    private mutating func wait(_ worker: Frame, at now: Instant) {
        guard let name = workers[worker]?.service else { return }
        services[name, default: Service()].waiting.append(worker)
        dispatch(name, at: now)
    }

    /// Gives requests to workers, in both cases to the one that has waited longest.
    private mutating func dispatch(_ name: Frame, at now: Instant) {
        guard var service = services[name] else { return }
        service.requests.removeAll { $0.expiry < now }
        while let request = service.requests.first, let worker = service.waiting.first {
            service.requests.removeFirst()
            service.waiting.removeFirst()
            workers[worker]?.request = request
            tell(worker, .request, Message(frames: request.route.prefix(1)) + [""] + request.body)
        }
        services[name] = service
    }

    private mutating func refuse(_ worker: Frame, at now: Instant) {
        forget(worker, "has broken the rules", at: now)
        tell(worker, .disconnect)
    }

    /// What the worker had in its hands goes to another one: RFC 7 asks that workers may do a
    /// request twice.
    private mutating func forget(_ address: Frame, _ reason: String, at now: Instant) {
        guard let worker = workers.removeValue(forKey: address) else { return }
        news.append("a worker for \(worker.service) \(reason)")
        services[worker.service]?.waiting.removeAll { $0 == address }
        guard let request = worker.request else { return }
        services[worker.service, default: Service()].requests.insert(request, at: 0)
        dispatch(worker.service, at: now)
    }

    private mutating func tell(
        _ worker: Frame,
        _ command: Majordomo.Command,
        _ body: Message = []
    ) {
        outbox.append([worker, "", Majordomo.workerHeader, command.frame] + body)
    }
}
