import Testing
import ZeroMQ
import ZeroMQTestSupport

/// The transports over which a row is repeated.
let transports = ["tcp://127.0.0.1:*", "ipc://*"]

/// A bound socket under test with a correct peer beside it.
///
/// `exchange` sends a hundred messages between the two and keeps everything else that arrives.
final class Subject<Tested: Socket> {
    let context: Context
    let socket: Tested
    let endpoint: String
    /// Messages that the application saw and that were not the good peer's.
    private(set) var strangers: [Message] = []
    private let good: any Socket
    private let swap: (Subject, Int) throws -> Void
    private var round = 0
    private var baseline = 0

    init<Good: Socket>(
        _ make: (Context) -> Tested,
        good makeGood: (Context) -> Good,
        at transport: String,
        options: SocketOptions = SocketOptions(),
        prepare: (Tested, Good) throws -> Void = { _, _ in },
        swap: @escaping (Subject, Tested, Good, Int) throws -> Void
    ) throws {
        context = Context()
        socket = make(context)
        let good = makeGood(context)
        self.good = good
        socket.options = options
        endpoint = try socket.bind(transport).description
        self.swap = { subject, number in try swap(subject, subject.socket, good, number) }
        try good.connect(endpoint)
        try socket.waitForPeers(atLeast: 1, timeout: .seconds(10))
        try prepare(socket, good)
        try exchange()
        baseline = try descriptorCount(at: endpoint)
        while socket.events.tryNext() != nil {}
    }

    deinit { context.shutDown() }

    /// Has subject and good peer exchange a hundred messages.
    func exchange() throws {
        round += 1
        for number in 0..<100 { try swap(self, round * 1000 + number) }
    }

    func note(stranger: Message) { strangers.append(stranger) }

    func attack() throws -> RawPeer { try RawPeer(connectingTo: endpoint) }

    /// A hostile peer that completed its handshake.
    func attack(
        as type: String,
        identity: [UInt8]? = nil,
        minor: UInt8 = 1
    ) throws -> RawPeer {
        let bad = try attack()
        try bad.shakeHands(as: type, identity: identity, minor: minor)
        try waitUntilReady()
        return bad
    }

    // MARK: Events

    /// Waits for the next completed handshake.
    @discardableResult
    func waitUntilReady() throws -> SocketEvent.Peer {
        while let event = socket.events.next(timeout: .seconds(10)) {
            switch event {
            case .handshakeSucceeded(_, let peer): return peer
            case .handshakeFailed(_, let reason), .disconnected(_, let reason):
                throw Unexpected(reason: reason)
            default: continue
            }
        }
        throw Unexpected(reason: nil)
    }

    /// Waits for the end of a connection and returns its reason.
    func nextEnd(timeout: Duration = .seconds(10)) throws -> DisconnectReason {
        while let event = socket.events.next(timeout: timeout) {
            if let reason = event.endReason { return reason }
        }
        throw Unexpected(reason: nil)
    }

    // MARK: What holds in every row

    /// The peer was cut off: one event, nothing delivered, nothing left behind.
    @discardableResult
    func expectRejection(
        of bad: RawPeer,
        _ isExpected: (DisconnectReason) -> Bool = { _ in true },
        delivering expected: [Message] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> DisconnectReason {
        let reason = try nextEnd()
        #expect(isExpected(reason), "\(reason)", sourceLocation: sourceLocation)
        #expect(bad.waitForClose(), sourceLocation: sourceLocation)
        try finish(bad, delivering: expected, sourceLocation: sourceLocation)
        return reason
    }

    /// The peer was served: the connection lasts until the peer ends it.
    func expectService(
        of bad: RawPeer,
        delivering expected: [Message] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try exchange()
        bad.finishSending()
        let reason = try nextEnd()
        #expect(reason == .closedByPeer, sourceLocation: sourceLocation)
        try finish(bad, delivering: expected, sourceLocation: sourceLocation)
    }

    /// The peer was cut off or served; either will do.
    func expectSurvival(of bad: RawPeer, sourceLocation: SourceLocation = #_sourceLocation) throws {
        bad.finishSending()
        #expect(bad.waitForClose(), sourceLocation: sourceLocation)
        _ = try nextEnd()
        strangers = []
        bad.close()
        try exchange()
        #expect(try descriptorCount(at: endpoint) == baseline, sourceLocation: sourceLocation)
    }

    private func finish(
        _ bad: RawPeer,
        delivering expected: [Message],
        sourceLocation: SourceLocation
    ) throws {
        _ = bad.waitForClose()
        bad.close()
        try exchange()
        #expect(strangers == expected, sourceLocation: sourceLocation)
        strangers = []
        var surplus: [DisconnectReason] = []
        while let event = socket.events.tryNext() {
            if let reason = event.endReason { surplus.append(reason) }
            #expect(event.isPrintable, "\(event)", sourceLocation: sourceLocation)
        }
        #expect(surplus == [], sourceLocation: sourceLocation)
        #expect(try descriptorCount(at: endpoint) == baseline, sourceLocation: sourceLocation)
    }
}

/// An event that a row does not allow, or none at all.
struct Unexpected: Error {
    let reason: DisconnectReason?
}

extension SocketEvent {
    /// Why a connection ended, if this event says that one did.
    var endReason: DisconnectReason? {
        switch self {
        case .handshakeFailed(_, let reason), .disconnected(_, let reason): reason
        default: nil
        }
    }

    var isPrintable: Bool { "\(self)".isPrintable }
}

extension String {
    /// Whether there is no control octet in it.
    var isPrintable: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }
}
