import Glibc
import ZeroMQ

/// How a thread or a task sends and receives.
enum Style: CaseIterable, Sendable {
    case waiting, trying, reusing, task
}

extension Island {
    func start(
        _ crew: Crew,
        sending socket: some SendingSocket,
        as sender: UInt32,
        _ ledger: Ledger,
        _ style: Style
    ) throws {
        ledger.senderBegins()
        if style == .task {
            crew.startTask("sender \(sender), a task") {
                try await send(socket, as: sender, ledger)
                ledger.senderEnds()
            }
        } else {
            try crew.start("sender \(sender), \(style)") {
                try send(socket, as: sender, ledger, by: style)
                ledger.senderEnds()
            }
        }
    }

    func start(
        _ crew: Crew,
        receiving socket: some ReceivingSocket,
        _ ledger: Ledger,
        _ style: Style,
        inOrder: Bool
    ) throws {
        if style == .task {
            crew.startTask("receiver, a task") {
                try await receive(socket, ledger, inOrder: inOrder)
            }
        } else {
            try crew.start("receiver, \(style)") {
                try receive(socket, ledger, by: style, inOrder: inOrder)
            }
        }
    }

    // MARK: Sending

    /// Sends one message after the other, as long as there is time and the socket is open.
    func send(_ socket: some SendingSocket, as sender: UInt32, _ ledger: Ledger, by style: Style)
        throws
    {
        try sendAll(as: sender, ledger) { message in
            switch style {
            case .trying:
                try poll { try socket.trySend(message) ? () : nil }
            case .reusing where message.count == 1:
                try message[0].withUnsafeBytes { bytes in
                    try poll { try socket.trySend(copying: bytes) ? () : nil }
                }
            case .waiting, .reusing, .task:
                try socket.send(message, timeout: Self.patience)
            }
        }
    }

    private func sendAll(
        as sender: UInt32,
        _ ledger: Ledger,
        _ send: (Message) throws -> Void
    ) throws {
        var (bytes, number): (Int, UInt64) = (0, 0)
        while mayGoOn(bytes, number) {
            let message = payload.message(Payload.Origin(sender: sender, number: number))
            bytes += message.reduce(0) { $0 + $1.count }
            ledger.noteSent(sender)
            do {
                try during("sends number", number) { try send(message) }
            } catch let error as ZeroMQError where error.isTheEnd {
                return ledger.takeBack(sender)
            }
            number += 1
        }
    }

    /// The same in a task.
    func send(_ socket: some SendingSocket, as sender: UInt32, _ ledger: Ledger) async throws {
        var (bytes, number): (Int, UInt64) = (0, 0)
        while mayGoOn(bytes, number) {
            let message = payload.message(Payload.Origin(sender: sender, number: number))
            bytes += message.reduce(0) { $0 + $1.count }
            ledger.noteSent(sender)
            do {
                try await during("sends number", number) {
                    try await socket.send(message, timeout: Self.patience)
                }
            } catch let error as ZeroMQError where error.isTheEnd {
                return ledger.takeBack(sender)
            }
            number += 1
        }
    }

    /// At least one is sent, however late it is.
    func mayGoOn(_ bytes: Int, _ number: UInt64) -> Bool {
        number == 0 || (bytes < bytesPerSender && !isOver)
    }

    /// Asks again until there is an answer.
    func poll<Value>(_ attempt: () throws -> Value?) throws -> Value {
        let last = ContinuousClock.now + Self.patience
        for turn in 0... {
            if let value = try attempt() { return value }
            try expect(ContinuousClock.now < last, "nothing came of trying for a long time")
            if turn < 100 { sched_yield() } else { usleep(200) }
        }
        throw Failure("unreachable")
    }

    // MARK: Receiving

    /// Receives until everything that was sent has been received by somebody, or dropped.
    ///
    /// `inOrder` if nobody else receives from this socket.
    func receive(_ socket: some ReceivingSocket, _ ledger: Ledger, by style: Style, inOrder: Bool)
        throws
    {
        var order = OrderCheck()
        var progress = Progress()
        var message = Message()
        while true {
            let hasCome =
                switch style {
                case .trying: try pausing { try socket.tryReceive(into: &message) }
                case .reusing:
                    try arrives { try socket.receive(into: &message, timeout: Self.pause) }
                case .waiting, .task:
                    try arrives { message = try socket.receive(timeout: Self.pause) }
                }
            guard hasCome else {
                if try progress.isOver(ledger) { return }
                continue
            }
            let origin = try payload.origin(of: message)
            try ledger.noteReceived(origin)
            if inOrder { try order.note(origin) }
        }
    }

    private func pausing(_ attempt: () throws -> Bool) throws -> Bool {
        if try attempt() { return true }
        usleep(200)
        return false
    }

    /// The same in a task.
    func receive(_ socket: some ReceivingSocket, _ ledger: Ledger, inOrder: Bool) async throws {
        var order = OrderCheck()
        var progress = Progress()
        while true {
            do {
                let message = try await during("receives behind", UInt64(ledger.received)) {
                    try await socket.receive(timeout: Self.pause)
                }
                let origin = try payload.origin(of: message)
                try ledger.noteReceived(origin)
                if inOrder { try order.note(origin) }
            } catch let error as ZeroMQError where error.code == .timedOut {
                if try progress.isOver(ledger) { return }
            }
        }
    }

    /// After so long a silence a receiver looks whether all is over.
    static let pause = Duration.milliseconds(20)

    /// False if the time was up.
    func arrives(_ attempt: () throws -> Void) throws -> Bool {
        do {
            try during("waits for its time at most") { try attempt() }
            return true
        } catch let error as ZeroMQError where error.code == .timedOut {
            return false
        }
    }
}

extension ZeroMQError {
    /// The regular end of a loop.
    var isTheEnd: Bool { code == .socketClosed || code == .contextShutDown }
}

/// Notices when nothing is received for too long.
struct Progress {
    private var received = 0
    private var last = ContinuousClock.now

    mutating func isOver(_ ledger: Ledger) throws(Failure) -> Bool {
        if ledger.isBalanced { return true }
        let now = ledger.received
        if now != received || ledger.isSending { (received, last) = (now, .now) }
        try expect(ContinuousClock.now < last + Island.patience, "no more come: \(ledger.words)")
        return false
    }
}
