import Glibc
import Synchronization
import ZeroMQ

extension Island {
    /// Sockets of all types, to which threads and tasks do whatever may be done at any moment,
    /// until they are closed or their context is shut down: everybody comes back, and no message
    /// comes that nobody sent.
    func anything(_ dice: inout Dice) throws -> Int {
        let (left, right) = dice.pick(Self.couples)
        let sockets = (0..<dice.number(2...4)).map { ($0 % 2 == 0 ? left : right)(context) }
        let (places, received, crew) = (Places(), Counter(), Crew())
        for (number, socket) in sockets.enumerated() {
            prepare(socket, binds: number % 2 == 0)
            if number % 2 == 0 {
                places.add(try socket.bind(endpoint(number)))
            } else {
                try socket.connect(places.pick(&dice))
            }
        }
        for (number, socket) in sockets.enumerated() {
            for worker in 0..<dice.number(1...3) {
                let player = Player(
                    island: self,
                    isDealerToReply: socket is DealerSocket && sockets[0] is ReplySocket,
                    socket: socket,
                    binds: number % 2 == 0,
                    name: UInt32(number * 10 + worker),
                    places: places,
                    received: received
                )
                let choices = dice.next()
                if dice.once(in: 2) {
                    try crew.start("a thread at socket \(number)") {
                        try player.play(Dice(seed: choices))
                    }
                } else {
                    crew.startTask("a task at socket \(number)") {
                        try await player.play(Dice(seed: choices))
                    }
                }
            }
        }
        usleep(UInt32(dice.number(50_000...600_000)))
        if dice.once(in: 2) { during("shuts the context down") { context.shutDown() } }
        for socket in sockets {
            let pause = Duration.milliseconds(dice.number(0...20))
            _ = close(socket, linger: dice.pick([.discard, .wait(upTo: pause)]))
        }
        crew.join()
        return received.value
    }

    private typealias Maker = @Sendable (Context) -> any Socket

    private static let couples: [(Maker, Maker)] = [
        ({ PushSocket(context: $0) }, { PullSocket(context: $0) }),
        ({ PairSocket(context: $0) }, { PairSocket(context: $0) }),
        ({ RouterSocket(context: $0) }, { DealerSocket(context: $0) }),
        ({ RouterSocket(context: $0) }, { RequestSocket(context: $0) }),
        ({ ReplySocket(context: $0) }, { RequestSocket(context: $0) }),
        ({ ReplySocket(context: $0) }, { DealerSocket(context: $0) }),
        ({ PublisherSocket(context: $0) }, { SubscriberSocket(context: $0) }),
        ({ XPublisherSocket(context: $0) }, { XSubscriberSocket(context: $0) }),
        ({ XPublisherSocket(context: $0) }, { SubscriberSocket(context: $0) }),
    ]
}

/// Where there is, or was, somebody to connect to.
private final class Places: Sendable {
    private let places = Mutex<[Endpoint]>([])

    func add(_ place: Endpoint) { places.withLock { $0.append(place) } }
    func pick(_ dice: inout Dice) -> Endpoint { dice.pick(places.withLock { $0 }) }
}

private final class Counter: Sendable {
    private let count = Atomic(0)

    func add() { count.wrappingAdd(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}

/// Somebody who does anything to a socket until it is closed.
private struct Player: Sendable {
    let island: Island
    /// What it sends needs an empty frame before it: a REP takes the first one for the envelope's
    /// end, be it in the middle of the message.
    let isDealerToReply: Bool
    let socket: any Socket
    let binds: Bool
    let name: UInt32
    let places: Places
    let received: Counter

    func play(_ dice: Dice) throws {
        var dice = dice
        var number: UInt64 = 0
        while !island.isOver {
            do {
                switch dice.number(0...8) {
                case 0: try during("stirs") { try stir(&dice) }
                case 1...4:
                    number += 1
                    try during("sends number", number) { try send(number, &dice) }
                default: try during("receives") { try receive(&dice) }
                }
            } catch let error as ZeroMQError {
                if try isTheEnd(error) { return }
            }
        }
    }

    /// The same in a task: calls are suspended, and some of them cancelled.
    func play(_ dice: Dice) async throws {
        var dice = dice
        var number: UInt64 = 0
        while !island.isOver {
            let time = Self.time(&dice)
            let call: Task<Message?, any Error>
            switch dice.number(0...8) {
            case 0:
                let choices = dice.next()
                call = Task {
                    var dice = Dice(seed: choices)
                    try stir(&dice)
                    return nil
                }
            case 1...4:
                guard let sender = socket as? any SendingSocket else { continue }
                number += 1
                let message = message(number)
                call = Task {
                    try await sender.send(message, timeout: time)
                    return nil
                }
            default:
                guard let receiver = socket as? any ReceivingSocket else { continue }
                call = Task { try await receiver.receive(timeout: time) }
            }
            if dice.once(in: 4) { call.cancel() }
            do {
                let message = try await during("is a task, at call", number) {
                    try await call.value
                }
                if let message { try check(message) }
            } catch let error as ZeroMQError {
                if try isTheEnd(error) { return }
            }
        }
    }

    // MARK: Calls

    private static func time(_ dice: inout Dice) -> Duration {
        .microseconds(dice.pick([0, 50, 1000, 10_000]))
    }

    private func message(_ number: UInt64) -> Message {
        let message = island.payload.message(Payload.Origin(sender: name, number: number))
        if isDealerToReply { return Message(frames: [Frame()] + message) }
        // Whomever it concerns; most are for nobody, and must not matter.
        return socket is RouterSocket ? Message(frames: [Frame("nobody")] + message) : message
    }

    private func send(_ number: UInt64, _ dice: inout Dice) throws {
        guard let sender = socket as? any SendingSocket else { return }
        if dice.once(in: 2) {
            _ = try sender.trySend(message(number))
        } else {
            try sender.send(message(number), timeout: Self.time(&dice))
        }
    }

    private func receive(_ dice: inout Dice) throws {
        guard let receiver = socket as? any ReceivingSocket else { return }
        let message =
            dice.once(in: 2)
            ? try receiver.tryReceive() : try receiver.receive(timeout: Self.time(&dice))
        guard let message else { return }
        try check(message)
        // A ROUTER answers whoever it was.
        if receiver is RouterSocket, let sender = socket as? any SendingSocket {
            _ = try sender.trySend(message)
        }
    }

    /// Whatever a socket can do besides.
    private func stir(_ dice: inout Dice) throws {
        switch dice.number(0...12) {
        case 0: binds ? try rebind(&dice) : try reconnect(&dice)
        case 1, 2: _ = socket.statistics
        case 3: _ = socket.peerCount
        case 4: (socket as? any SendingSocket)?.sendHighWaterMark = dice.pick([1, 2, 1000])
        case 5: (socket as? any ReceivingSocket)?.receiveHighWaterMark = dice.pick([1, 2, 1000])
        case 6:
            guard let subscriber = socket as? any SubscribingSocket else { return }
            try subscriber.subscribe("")
            if dice.once(in: 2) { try subscriber.unsubscribe("") }
        default: try (socket as? any SendingSocket)?.flush(timeout: Self.time(&dice))
        }
    }

    private func reconnect(_ dice: inout Dice) throws {
        let place = places.pick(&dice)
        if dice.once(in: 2) {
            try socket.disconnect(place)
        } else {
            try socket.connect(place)
        }
    }

    private func rebind(_ dice: inout Dice) throws {
        let place = places.pick(&dice)
        if dice.once(in: 2) { try socket.unbind(place) }
        places.add(try socket.bind(place))
    }

    // MARK: Judging

    /// The message may be behind a routing id and a delimiter, or be a subscription.
    private func check(_ message: Message) throws {
        received.add()
        if socket is XPublisherSocket, message[0].count <= 1 { return }
        for skipped in 0...min(2, message.count - 1) {
            if (try? island.payload.origin(of: message.dropFirst(skipped))) != nil { return }
        }
        throw Failure("nobody sent \(message.map(\.count)): \(message[0])")
    }

    /// True if the socket is closed; fails for what nobody may hear.
    private func isTheEnd(_ error: ZeroMQError) throws -> Bool {
        if error.isTheEnd { return true }
        let harmless: Set<ZeroMQError.Code> = [
            .timedOut, .cancelled, .notFound, .addressInUse, .invalidState, .hostUnreachable,
            .notConnected,
        ]
        guard harmless.contains(error.code) else { throw error }
        return false
    }
}
