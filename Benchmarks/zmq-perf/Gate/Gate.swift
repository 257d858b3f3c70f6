/// Does the work of the gate with one library.
enum Gate<Messaging: PerfMessaging> {
    /// Messages that are under way at a time where there is more than one.
    private static var batch: Int { 100 }

    static func run(_ work: GateWork, _ count: Int) throws {
        var limits = PerfLimits(highWaterMark: work.highWaterMark)
        limits.discardsUnsent = true
        let messaging = try Messaging(limits: limits)
        let inproc = "inproc://gate"
        let tcp = "tcp://127.0.0.1:*"
        switch work {
        case .send: try transfer(messaging, inproc, 16, count, receives: false)
        case .transfer: try transfer(messaging, inproc, 16, count)
        case .transfer256: try transfer(messaging, inproc, 256, count)
        case .multipart: try transfer(messaging, inproc, 16, count, frames: 3)
        case .stream: try transfer(messaging, tcp, 16, count)
        case .request:
            let (server, client) = (try messaging.makeReply(), try messaging.makeRequest())
            try echo(server, client, endpoint: inproc, size: 16, count)
        case .echo, .echo64K:
            let (server, client) = (try messaging.makePair(), try messaging.makePair())
            try echo(server, client, endpoint: tcp, size: work == .echo ? 16 : 65_536, count)
        case .fanout: try fanOut(messaging, inproc, count)
        case .match: try match(messaging, inproc, count)
        }
        try messaging.shutDown()
    }

    private static func transfer(
        _ messaging: Messaging,
        _ endpoint: String,
        _ size: Int,
        _ count: Int,
        frames: Int = 1,
        receives: Bool = true
    ) throws {
        let (receiver, sender) = (try messaging.makePull(), try messaging.makePush())
        try sender.connect(try receiver.bind(endpoint))
        let payload = Payload(size: size)
        var reader = PayloadReader(size: size)
        try inBatches(of: count) { batch in
            for _ in 0..<batch {
                if frames == 1 {
                    try sender.send(copying: payload.next())
                } else {
                    try sender.send(copying: payload.next(), frames: frames)
                }
            }
            guard receives else { return }
            for _ in 0..<batch {
                if frames == 1 {
                    try receiver.receive { try reader.read($0) }
                } else {
                    try receiver.receiveFrames { try reader.read($0) }
                }
            }
        }
        reader.finish()
        sender.close()
        receiver.close()
    }

    private static func echo(
        _ server: some PerfSender & PerfReceiver,
        _ client: some PerfSender & PerfReceiver,
        endpoint: String,
        size: Int,
        _ count: Int
    ) throws {
        try client.connect(try server.bind(endpoint))
        let payload = Payload(size: size)
        var reader = PayloadReader(size: size)
        for _ in 0..<count {
            try client.send(copying: payload.next())
            try server.receive { try reader.read($0) }
            try server.send(copying: payload.next())
            try client.receive { try reader.read($0) }
        }
        reader.finish()
        client.close()
        server.close()
    }

    private static func fanOut(
        _ messaging: Messaging,
        _ endpoint: String,
        _ count: Int
    ) throws {
        let publisher = try messaging.makeCountingPublisher()
        let resolved = try publisher.bind(endpoint)
        let subscribers = try (0..<8).map { _ in try messaging.makeSubscriber() }
        for subscriber in subscribers {
            try subscriber.subscribe([])
            try subscriber.connect(resolved)
        }
        try publisher.waitForSubscribers(subscribers.count)
        let payload = Payload(size: 16)
        var reader = PayloadReader(size: 16)
        try inBatches(of: count) { batch in
            for _ in 0..<batch { try publisher.send(copying: payload.next()) }
            for subscriber in subscribers {
                for _ in 0..<batch { try subscriber.receive { try reader.read($0) } }
            }
        }
        reader.finish()
        for subscriber in subscribers { subscriber.close() }
        publisher.close()
    }

    private static func match(
        _ messaging: Messaging,
        _ endpoint: String,
        _ count: Int
    ) throws {
        let publisher = try messaging.makePublisher()
        let subscriber = try messaging.makeSubscriber()
        try subscriber.connect(try publisher.bind(endpoint))
        for number in 0..<1000 { try subscriber.subscribe(Topics.topic(number)) }
        // The last subscription: when its message comes, the publisher has taken all of them.
        try subscriber.subscribe([Mark.topic])
        try publisher.send(.presence)
        try subscriber.receive { _ in }
        let topics = Topics(of: 1000, areSubscribed: false)
        for _ in 0..<count { try publisher.send(copying: topics.next()) }
        subscriber.close()
        publisher.close()
    }

    private static func inBatches(of count: Int, _ body: (Int) throws -> Void) rethrows {
        var remaining = count
        while remaining > 0 {
            let size = min(remaining, batch)
            try body(size)
            remaining -= size
        }
    }
}
