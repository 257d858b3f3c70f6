import Glibc
import ZeroMQ
import ZeroMQTestSupport

/// The socket under test, and what can be asked of it.
final class TestedSocket {
    private let context = Context()
    private let socket: any Socket
    private var kept: [Message] = []

    init(_ setting: Setting) {
        socket = Self.make(setting, context)
        socket.options = setting.options
        if let mark = setting[.receiveMark] {
            (socket as? any ReceivingSocket)?.receiveHighWaterMark = .count(mark)
        }
        if setting[.handover] == 1 { (socket as? RouterSocket)?.allowsHandover = true }
    }

    private static func make(_ setting: Setting, _ context: Context) -> any Socket {
        switch setting.kind {
        case .pull: PullSocket(context: context)
        case .publisher: PublisherSocket(context: context)
        case .xPublisher: XPublisherSocket(context: context)
        case .router: RouterSocket(context: context)
        case .push: PushSocket(context: context)
        case .subscriber: SubscriberSocket(context: context)
        case .dealer: DealerSocket(context: context)
        case .pair: PairSocket(context: context)
        case .request: RequestSocket(context: context)
        case .reply: ReplySocket(context: context)
        case .xSubscriber: XSubscriberSocket(context: context)
        }
    }

    func end() {
        socket.linger = .discard
        context.shutDown()
    }

    /// Does what a word asks for.
    func obey(_ verb: String, _ words: [String]) throws(ZeroMQError) -> [String] {
        let number = words.first.flatMap(Int.init) ?? 0
        switch verb {
        case "bind": return [try socket.bind(words[0]).description]
        case "connect": try socket.connect(words[0])
        case "peers": try socket.waitForPeers(atLeast: number, timeout: .seconds(10))
        case "exchange": return try exchange(round: number)
        case "receive": return try receive(number)
        case "try": return try receiver.tryReceive().map { [Dialogue.fingerprint($0)] } ?? []
        case "match": return ["\(try countMatching(words[1], of: number))"]
        case "keep": try keep(oneOf: number)
        case "send": try sender.send(message(words), timeout: .seconds(10))
        case "flood":
            let body = Frame(
                Array(words[0].utf8) + [UInt8](repeating: 0, count: (Int(words[1]) ?? 1) - 1)
            )
            try sender.send(Message(body), timeout: .seconds(10))
        case "drain": return try drain()
        case "event": return socket.events.next(timeout: .milliseconds(number)).map(line) ?? []
        case "subscribe": try subscribe(words[0])
        case "subscribers":
            let topic = Frame(Dialogue.bytes(words[1]))
            try waitForSubscribers(number, to: topic)
        case "subscriptions": return ["\(subscriptionCount)"]
        case "limit": Resources.limit(words[0], more: Int(words[1]) ?? 0)
        case "refuse": return [refuse(words)]
        case "drop-rights": _ = setuid(65534)
        case "exit": exit(0)
        case "again": try bindAgain(words[0])
        case "fork": return ForkedChild.outcomes(of: socket, context)
        case "forks": return ["\(ForkStorm.countHanging(of: number))"]
        case "late": return Lateness.measure(socket, milliseconds: number)
        case "close": return ["\(socket.close())"]
        default: return ["unknown verb"]
        }
        return []
    }

    private var receiver: any ReceivingSocket {
        guard let socket = socket as? any ReceivingSocket else {
            return PullSocket(context: context)
        }
        return socket
    }

    private var sender: any SendingSocket {
        guard let socket = socket as? any SendingSocket else { return PushSocket(context: context) }
        return socket
    }

    private func message(_ words: [String]) -> Message {
        Message(frames: words.map { Frame(Dialogue.bytes($0)) })
    }

    /// Has the kernel refuse a call from here on.
    private func refuse(_ words: [String]) -> String {
        guard let call = SystemFilter.Call(rawValue: words[0]), let number = Int32(words[1]) else {
            return "unknown call"
        }
        return "\(SystemFilter.refuse(call, with: number, for: .process))"
    }

    private func line(_ event: SocketEvent) -> [String] { [SeenEvent(event).line] }

    /// Binds a socket of another context, whose threads are to be started.
    private func bindAgain(_ endpoint: String) throws(ZeroMQError) {
        let context = Context()
        defer { context.shutDown() }
        try PullSocket(context: context).bind(endpoint)
    }

    // MARK: The good peer

    /// Has a hundred messages with the good peer; the others that came are the answer.
    private func exchange(round: Int) throws(ZeroMQError) -> [String] {
        let texts = (0..<100).map { "good \(round) \($0)" }
        guard socket is any ReceivingSocket, !(socket is XPublisherSocket) else {
            for text in texts { try sender.send(Message(text), timeout: .seconds(10)) }
            return []
        }
        var strangers: [String] = []
        for text in texts {
            while true {
                let message = try receiver.receive(timeout: .seconds(10))
                if message[message.count - 1] == Frame(text) {
                    if socket is RouterSocket {
                        try sender.send(message, timeout: .seconds(10))
                    }
                    break
                }
                strangers.append(Dialogue.fingerprint(message))
            }
        }
        return strangers
    }

    // MARK: Receiving

    private func receive(_ count: Int) throws(ZeroMQError) -> [String] {
        var lines: [String] = []
        for _ in 0..<count {
            lines.append(Dialogue.fingerprint(try receiver.receive(timeout: .seconds(10))))
        }
        return lines
    }

    /// Receives so many messages, and counts those that look like this.
    private func countMatching(_ fingerprint: String, of count: Int) throws(ZeroMQError) -> Int {
        let wanted = Message(Frame(Dialogue.bytes(fingerprint)))
        var matching = 0
        for _ in 0..<count where try receiver.receive(timeout: .seconds(10)) == wanted {
            matching += 1
        }
        return matching
    }

    /// Receives everything that is there.
    private func drain() throws(ZeroMQError) -> [String] {
        var lines: [String] = []
        while let message = try receiver.tryReceive() {
            lines.append(Dialogue.fingerprint(message))
        }
        return lines
    }

    /// Receives so many messages, keeps the first and forgets the others.
    private func keep(oneOf count: Int) throws(ZeroMQError) {
        for index in 0..<count {
            let message = try receiver.receive(timeout: .seconds(10))
            if index == 0 { kept.append(message) }
        }
    }

    // MARK: Subscriptions

    private func subscribe(_ topic: String) throws(ZeroMQError) {
        guard let subscriber = socket as? SubscriberSocket else { return }
        try subscriber.subscribe(Frame(Dialogue.bytes(topic)))
    }

    private func waitForSubscribers(_ count: Int, to topic: Frame) throws(ZeroMQError) {
        let limit = Duration.seconds(10)
        if let publisher = socket as? PublisherSocket {
            try publisher.waitForSubscribers(atLeast: count, to: topic, timeout: limit)
        } else if let publisher = socket as? XPublisherSocket {
            try publisher.waitForSubscribers(atLeast: count, to: topic, timeout: limit)
        }
    }

    private var subscriptionCount: Int {
        (socket as? PublisherSocket)?.subscriptionCount
            ?? (socket as? XPublisherSocket)?.subscriptionCount ?? 0
    }
}
