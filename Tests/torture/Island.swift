import Glibc
import ZeroMQ

/// A few sockets with threads of their own, in a context that nobody else uses.
struct Island: Sendable {
    enum Transport: String, CaseIterable, Sendable {
        case tcp, ipc, inproc
    }

    let seed: UInt64
    let context: Context
    let transport: Transport
    let isEncrypted: Bool
    let payload: Payload
    /// The high-water marks of every socket.
    let marks: (send: Limit, receive: Limit)
    /// Nobody begins to send after this.
    let end: ContinuousClock.Instant

    private let serverKeys: CurveKeyPair
    private let clientKeys: CurveKeyPair

    init(_ dice: inout Dice, for scenario: Scenario) throws {
        seed = dice.next()
        (serverKeys, clientKeys) = try keys.get()
        context = Context(ioThreads: dice.number(1...2))
        transport = dice.pick(scenario.transports)
        isEncrypted = scenario.mayEncrypt && transport != .inproc && dice.once(in: 3)
        let sizes = dice.pick(Payload.Sizes.allCases)
        payload = Payload(sizes: sizes, salt: seed)
        let choices: [Limit] =
            switch sizes {
            case .tiny, .small: [.unlimited, 1000, 50, 2, 1]
            case .mixed, .stairs: [1000, 50, 2, 1]
            // Not more, or an island is gigabytes.
            case .large: [30, 4, 2, 1]
            }
        marks = (dice.pick(choices), dice.pick(choices))
        end = .now + .milliseconds(dice.number(300...900))
    }

    /// The words for a line of output.
    var description: String {
        "\(transport.rawValue)\(isEncrypted ? " curve" : "") \(payload.sizes.rawValue), "
            + "marks \(marks.send) and \(marks.receive)"
    }

    var isOver: Bool { ContinuousClock.now >= end }

    /// No sender sends more than this, whatever the time. Sealing takes its time, above all in a
    /// build for debugging.
    var bytesPerSender: Int { isEncrypted ? 8 << 20 : 48 << 20 }
    /// No call takes longer than this unless something is wrong, however slow the machine is.
    static let patience = Duration.seconds(100)

    /// An endpoint to bind; the number tells those of one island apart.
    func endpoint(_ number: Int = 0) -> String {
        switch transport {
        case .tcp: "tcp://\(Self.loopback):*"
        // One that can be bound again.
        case .ipc: "ipc:///tmp/zeromq-torture-\(getpid())-\(seed)-\(number)"
        case .inproc: "inproc://island-\(number)"
        }
    }

    /// An address of this process alone: a port that is given up and dialled again is no stranger's
    /// meanwhile, be it another run of this program.
    private static let loopback: String = {
        let number = getpid()
        return "127.\(1 + number >> 14 & 0x7f).\(number >> 7 & 0x7f).\(1 + number & 0x7f)"
    }()

    /// What a process of its own needs to use the same security, in words.
    var keyTexts: [String] {
        isEncrypted ? [clientKeys.secretKey.z85, serverKeys.secretKey.z85] : []
    }

    /// Has a socket use the island's marks and security.
    func prepare(_ socket: some Socket, binds: Bool) {
        Roster.shared.list(socket)
        var options = socket.options
        if isEncrypted { secure(&options, serverKeys, clientKeys, binds: binds) }
        options.reconnect = .backoff(from: .milliseconds(2), upTo: .milliseconds(50))
        socket.options = options
        if let sender = socket as? any SendingSocket { sender.sendHighWaterMark = marks.send }
        if let receiver = socket as? any ReceivingSocket {
            receiver.receiveHighWaterMark = marks.receive
        }
    }
}

/// Whoever binds is the server.
func secure(
    _ options: inout SocketOptions,
    _ server: CurveKeyPair,
    _ client: CurveKeyPair,
    binds: Bool
) {
    if binds {
        options.security = .curveServer(server)
        options.authenticator = .anyoneHoldingTheServersPublicKey
    } else {
        options.security = .curveClient(client, server: server.publicKey)
    }
}

/// Made once: every pair is a multiplication on a curve.
private let keys = Result { (try CurveKeyPair(), try CurveKeyPair()) }
