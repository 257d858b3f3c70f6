import ZeroMQ

/// One of the brokers of `peering`.
struct Cluster: Sendable {
    private let place: String
    private let name: String
    private let neighbours: [String]

    private let clients = RouterSocket()
    private let workers = RouterSocket()
    /// Where neighbours bring work, and get answers.
    private let cloudFront = RouterSocket()
    /// Where neighbours are given work.
    private let cloudBack = RouterSocket()
    private let stateOut = PublisherSocket()
    private let stateIn = SubscriberSocket()

    init(_ place: String, _ name: String, _ neighbours: [String]) {
        (self.place, self.name, self.neighbours) = (place, name, neighbours)
    }

    private enum Input {
        case request(Message)
        case neighboursRequest(Message)
        case worker(Message)
        case neighboursAnswer(Message)
        case state(Message)
        case tick
    }

    func run() async throws {
        try openSockets()
        var free = FreeWorkers()
        var abroad = Capacities()
        // A request that was taken for a neighbour that had left.
        var held: Message?
        let select = Select<Input>()
        select.add(clients, when: { !free.isEmpty || !abroad.isEmpty }, Input.request)
        select.add(cloudFront, when: { !free.isEmpty }, Input.neighboursRequest)
        select.add(workers, Input.worker)
        select.add(cloudBack, Input.neighboursAnswer)
        select.add(stateIn, Input.state)
        // Also when nothing changes: a neighbour may have come late.
        select.every(.milliseconds(500)) { .tick }
        for try await input in select {
            let before = free.count
            switch input {
            case .request(let request):
                held = request
            case .neighboursRequest(let request):
                // Not to a neighbour of ours in turn: work would go round in circles.
                var nobody = Capacities()
                _ = try await pass(request, to: &free, &nobody)
            case .worker(let message):
                guard let (route, body) = message.splitEnvelope(), let worker = route.first
                else { continue }
                free.add(worker)
                if body.count > 1 { try await answer(body) }
            case .neighboursAnswer(let message):
                try await answer(Message(frames: message.dropFirst()))
            case .state(let message):
                guard message.count == 2, let count = Int(String(message[1])) else { continue }
                abroad.set(message[0], to: count)
            case .tick:
                try await tell(free.count)
            }
            if let request = held, try await pass(request, to: &free, &abroad) { held = nil }
            if free.count != before { try await tell(free.count) }
        }
    }

    /// Gives a request to one of our workers, else to a neighbour; false if everybody has left.
    private func pass(
        _ request: Message,
        to free: inout FreeWorkers,
        _ abroad: inout Capacities
    ) async throws -> Bool {
        while let worker = free.next() {
            if try await workers.took([worker, ""] + request) { return true }
        }
        while let neighbour = abroad.next() {
            if try await cloudBack.took([neighbour] + request) { return true }
            abroad.set(neighbour, to: 0)
        }
        return false
    }

    private func openSockets() throws(ZeroMQError) {
        // By its name a neighbour answers this broker, and is given work by it.
        cloudFront.options.routingID = Frame(name)
        cloudBack.options.routingID = Frame(name)
        // Sending to a neighbour that has left throws, instead of losing the request.
        workers.isMandatory = true
        cloudBack.isMandatory = true
        try stateIn.subscribe()
        try clients.bind("\(place)\(name)-clients")
        try workers.bind("\(place)\(name)-workers")
        try cloudFront.bind("\(place)\(name)-cloud")
        try stateOut.bind("\(place)\(name)-state")
        for neighbour in neighbours {
            try cloudBack.connect("\(place)\(neighbour)-cloud")
            try stateIn.connect("\(place)\(neighbour)-state")
        }
    }

    /// An answer whose address begins with a neighbour's name is for a client of that neighbour.
    private func answer(_ message: Message) async throws(ZeroMQError) {
        let isAbroad = neighbours.contains { Frame($0) == message.first }
        try await (isAbroad ? cloudFront : clients).send(message)
    }

    private func tell(_ count: Int) async throws(ZeroMQError) {
        try await stateOut.send([Frame(name), Frame("\(count)")])
    }
}

/// How many workers are free at each neighbour, as far as is known.
private struct Capacities {
    private var counts: [Frame: Int] = [:]

    var isEmpty: Bool { counts.isEmpty }

    mutating func set(_ neighbour: Frame, to count: Int) {
        counts[neighbour] = count > 0 ? count : nil
    }

    /// The neighbour with most free workers, which has one less from now on.
    mutating func next() -> Frame? {
        guard let (neighbour, count) = counts.max(by: { $0.value < $1.value }) else { return nil }
        set(neighbour, to: count - 1)
        return neighbour
    }
}
