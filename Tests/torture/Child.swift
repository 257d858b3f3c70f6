import Glibc
import ZeroMQ

/// A peer in a process of its own, which can be killed.
final class Child {
    /// What it does.
    enum Work {
        /// Sends until it is killed.
        case send(as: UInt32)
        /// The same from an endpoint of its own.
        case sendBound(as: UInt32)
        /// Receives so many messages, then kills itself.
        case receive(Int)

        fileprivate var words: [String] {
            switch self {
            case .send(let sender): ["send", "\(sender)"]
            case .sendBound(let sender): ["send-bound", "\(sender)"]
            case .receive(let count): ["receive", "\(count)"]
            }
        }
    }

    private let identifier: pid_t
    private var hasEnded = false

    init(_ work: Work, at place: String, _ island: Island) throws {
        let words =
            ["torture", "--child"] + work.words
            + [place, island.payload.sizes.rawValue, "\(island.payload.salt)"] + island.keyTexts
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var identifier: pid_t = 0
        let status = posix_spawn(&identifier, "/proc/self/exe", nil, nil, arguments, environ)
        try expect(status == 0, "no process: \(status)")
        self.identifier = identifier
    }

    deinit { kill() }

    func kill() {
        guard !hasEnded else { return }
        Glibc.kill(identifier, SIGKILL)
        waitpid(identifier, nil, 0)
        hasEnded = true
    }

    /// Waits until it has killed itself; whatever else becomes of it is a failure. It fails by
    /// itself when nothing comes.
    func awaitKill() throws {
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
        hasEnded = true
        try expect(status & 0x7f == SIGKILL, "a receiver ended with status \(status)")
    }

    // MARK: Inside the process

    /// What the process does that was started so.
    static func run(_ words: ArraySlice<String>) throws {
        let words = Array(words)
        guard words.count >= 5, let number = Int(words[1]), let salt = UInt64(words[4]),
            let sizes = Payload.Sizes(rawValue: words[3])
        else { throw Failure("wrong arguments") }
        let payload = Payload(sizes: sizes, salt: salt)
        if words[0] == "receive" {
            try receive(number, payload, words)
        } else {
            try send(payload, as: UInt32(number), words, binds: words[0] == "send-bound")
        }
    }

    private static func receive(_ count: Int, _ payload: Payload, _ words: [String]) throws {
        let parent = getppid()
        let pull = PullSocket()
        try secure(pull, words, binds: false)
        try pull.connect(words[2])
        var order = OrderCheck()
        var left = count
        var last = ContinuousClock.now + Island.patience
        while left > 0, getppid() == parent {
            guard let message = try next(pull) else {
                guard ContinuousClock.now < last else { throw Failure("\(pull.statistics)") }
                continue
            }
            last = .now + Island.patience
            try order.note(try payload.origin(of: message))
            left -= 1
        }
        Glibc.kill(getpid(), SIGKILL)
    }

    private static func next(_ pull: PullSocket) throws -> Message? {
        do {
            return try pull.receive(timeout: .milliseconds(100))
        } catch  where error.code == .timedOut {
            return nil
        }
    }

    private static func send(
        _ payload: Payload,
        as sender: UInt32,
        _ words: [String],
        binds: Bool
    ) throws {
        let parent = getppid()
        let push = PushSocket()
        try secure(push, words, binds: binds)
        if binds {
            try bind(push, words[2])
        } else {
            try push.connect(words[2])
        }
        var number: UInt64 = 0
        while getppid() == parent {
            let message = payload.message(Payload.Origin(sender: sender, number: number))
            if try hasSent(message, push) { number += 1 }
        }
    }

    private static func hasSent(_ message: Message, _ push: PushSocket) throws -> Bool {
        do {
            try push.send(message, timeout: .milliseconds(100))
            return true
        } catch  where error.code == .timedOut {
            return false
        }
    }

    /// The one before, which was killed, may not be gone altogether.
    private static func bind(_ push: PushSocket, _ place: String) throws {
        let last = ContinuousClock.now + Island.patience
        while try !isBound(push, place) {
            guard ContinuousClock.now < last else { throw Failure("\(place) stays taken") }
            usleep(1000)
        }
    }

    private static func isBound(_ push: PushSocket, _ place: String) throws -> Bool {
        do {
            _ = try push.bind(place)
            return true
        } catch  where error.code == .addressInUse {
            return false
        }
    }

    private static func secure(_ socket: some Socket, _ words: [String], binds: Bool) throws {
        guard words.count > 6 else { return }
        let client = CurveKeyPair(secretKey: try CurveSecretKey(z85: words[5]))
        let server = CurveKeyPair(secretKey: try CurveSecretKey(z85: words[6]))
        torture.secure(&socket.options, server, client, binds: binds)
    }
}
