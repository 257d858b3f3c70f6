import Testing
import ZeroMQ
import ZeroMQTestSupport

/// The transports over which the same promises hold.
enum Transport: String, CaseIterable, CustomTestStringConvertible {
    case tcp, ipc, inproc

    var testDescription: String { rawValue }

    /// An endpoint at which nobody listens, and which can be bound again and again.
    func place(_ context: Context) throws -> Endpoint {
        let number = UInt64.random(in: 0 ... .max)
        switch self {
        case .tcp:
            let probe = PullSocket(context: context)
            defer { probe.close() }
            return try probe.bind("tcp://127.0.0.1:*")
        case .ipc: return .ipc("/tmp/zeromq-promises-\(number)")
        case .inproc: return .inproc("promises-\(number)")
        }
    }

    /// What the refused side is told: over a network that is what its peer says of the reason.
    func told(_ reason: DisconnectReason) -> DisconnectReason {
        switch (self, reason) {
        case (.inproc, _): reason
        case (_, .surplusPeer): .refusedByPeer("this PAIR has a peer")
        case (_, .duplicateIdentity): .refusedByPeer("another peer has the same routing id")
        default: reason
        }
    }

    /// Runs a test with an endpoint of its own.
    func run(_ body: (Context, Endpoint) throws -> Void) throws {
        try inContext { context in try body(context, place(context)) }
    }
}

/// Attempts that come soon after one another, so that no test waits for a pause.
let impatient = ReconnectPolicy.backoff(from: .milliseconds(1), upTo: .milliseconds(10))

extension SocketEvents {
    /// Waits for the loss of a connection.
    func awaitLoss() throws {
        let loss = first { if case .disconnected = $0 { true } else { false } }
        try #require(loss != nil, "no loss was reported")
    }

    /// Waits for a handshake.
    func awaitPeer() throws {
        let peer = first { if case .handshakeSucceeded = $0 { true } else { false } }
        try #require(peer != nil, "no handshake was reported")
    }

    /// How many handshakes have been told of and not been asked for.
    var countOfPeers: Int {
        var count = 0
        while let event = tryNext() { if case .handshakeSucceeded = event { count += 1 } }
        return count
    }

    /// Waits for the end of an endpoint.
    func awaitClosed(_ endpoint: Endpoint) throws {
        try #require(first { $0 == .closed(endpoint) } != nil, "no end was reported")
    }
}

extension Socket {
    /// The end has begun: calls throw from now on.
    var isClosing: Bool { code { try waitForPeers(atLeast: 0) } != nil }
}

/// The numbers from a count on, as messages.
func numbers(_ range: Range<Int>) -> [Message] { range.map { Message("\($0)") } }
