import ZeroMQ

/// Does what clients ask of one service.
struct MajordomoWorker: Sendable {
    let broker: String
    let service: Frame
    let beat: Duration

    /// Works until the task is cancelled or `handle` throws, for one broker after another.
    func run(_ handle: (Message) async throws -> Message) async throws {
        while true {
            // A new conversation needs a new socket: the broker must not take it for the old one.
            try await withSocket(DealerSocket(), linger: .discard) { socket in
                try socket.connect(broker)
                try await converse(through: socket, handle)
            }
            say("worker: no broker, or it sends us away; beginning again")
            try await Task.sleep(for: beat)
        }
    }

    /// Returns when the broker says DISCONNECT, or nothing for too long.
    private func converse(
        through socket: DealerSocket,
        _ handle: (Message) async throws -> Message
    ) async throws {
        try await socket.send(["", Majordomo.workerHeader, Majordomo.Command.ready.frame, service])
        var lastHeard = ContinuousClock.now
        var nextBeat = lastHeard + beat
        while .now < lastHeard + beat * Majordomo.liveness {
            if let message = try await socket.receive(until: nextBeat) {
                var rest = message
                guard rest.popFirst()?.isEmpty == true,
                    rest.popFirst() == Majordomo.workerHeader,
                    let command = rest.popFirst().flatMap(Majordomo.Command.init)
                else { continue }
                if command == .disconnect { return }
                if command == .request, let (client, body) = rest.splitEnvelope() {
                    let answer = try await handle(body)
                    try await send(.reply, client + [""] + answer, through: socket)
                }
                // After the work, in which heartbeats have come that nobody has looked at.
                lastHeard = .now
            }
            if nextBeat <= .now {
                try await send(.heartbeat, [], through: socket)
                nextBeat = .now + beat
            }
        }
    }

    private func send(
        _ command: Majordomo.Command,
        _ body: Message,
        through socket: DealerSocket
    ) async throws {
        try await socket.send(["", Majordomo.workerHeader, command.frame] + body)
    }
}

/// Asks services, one question after another.
struct MajordomoClient {
    private let socket: RequestSocket
    private let patience = Duration.seconds(2)
    private let tries = 3

    init(_ socket: RequestSocket) { self.socket = socket }

    /// Asks up to three times; nil if there is no answer.
    func request(_ service: Frame, _ body: Message) async throws -> Message? {
        for _ in 1...tries {
            if var answer = try await attempt([Majordomo.clientHeader, service] + body),
                answer.popFirst() == Majordomo.clientHeader, answer.popFirst() == service
            {
                return answer
            }
        }
        return nil
    }

    private func attempt(_ request: Message) async throws -> Message? {
        do {
            return try await socket.request(request, timeout: patience)
        } catch ZeroMQError.Code.timedOut {
            return nil
        } catch ZeroMQError.Code.notConnected {
            // The connection was lost with the request; the next try waits for a new one.
            return nil
        }
    }
}
