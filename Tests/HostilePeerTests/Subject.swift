import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

/// The transports over which a row is repeated.
let transports = ["tcp://127.0.0.1:*", "ipc://*"]

/// A bound socket under test, in a process of its own, with a correct peer in this one.
///
/// `exchange` sends a hundred messages between the two and keeps everything else that arrives.
final class Subject {
    let remote: Remote
    let endpoint: String
    private let context = Context()
    private let good: GoodPeer
    private var round = 0
    /// Messages that the application saw and that were not the good peer's.
    private var strangers: [String] = []

    init(_ setting: Setting, at transport: String) throws {
        remote = try Remote(setting)
        endpoint = try remote.ask("bind", transport)[0]
        good = try GoodPeer(of: setting, context)
        try good.socket.connect(endpoint)
        try good.prepare(remote)
        try exchange()
        _ = try remote.takeEvents()
        remote.noteBaseline()
    }

    deinit { context.shutDown() }

    /// U2: subject and good peer exchange a hundred messages within two seconds.
    func exchange(
        within limit: Duration = Bounds().patience,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        round += 1
        let start = ContinuousClock.now
        try remote.begin("exchange \(round)")
        try good.exchange(round)
        strangers += try remote.finish()
        let duration = ContinuousClock.now - start
        #expect(duration < limit, "U2", sourceLocation: sourceLocation)
    }

    func attack() throws -> RawPeer { try RawPeer(connectingTo: endpoint) }

    /// A hostile peer that completed its handshake.
    func attack(
        as type: String,
        identity: [UInt8]? = nil,
        minor: UInt8 = 1
    ) throws -> RawPeer {
        let bad = try attack()
        try bad.shakeHands(as: type, identity: identity, minor: minor)
        try remote.waitUntilReady()
        return bad
    }

    /// What the application saw that was not the good peer's.
    func takeStrangers() -> [String] {
        defer { strangers = [] }
        return strangers
    }

    func waitUntilReady() throws { try remote.waitUntilReady() }

    func nextEnd() throws -> DisconnectReason { try remote.nextEnd() }

    // MARK: What holds in every row

    /// The peer was cut off: one event, nothing delivered, nothing left behind.
    @discardableResult
    func expectRejection(
        of bad: RawPeer,
        _ isExpected: (DisconnectReason) -> Bool = { _ in true },
        delivering expected: [Message] = [],
        bounds: Bounds = Bounds(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> DisconnectReason {
        try exchange(within: bounds.patience, sourceLocation: sourceLocation)
        let reason = try remote.nextEnd()
        #expect(isExpected(reason), "\(reason)", sourceLocation: sourceLocation)
        #expect(bad.waitForClose(), sourceLocation: sourceLocation)
        try finish(bad, delivering: expected, bounds, sourceLocation)
        return reason
    }

    /// The peer was served: the connection lasts until the peer ends it.
    func expectService(
        of bad: RawPeer,
        delivering expected: [Message] = [],
        bounds: Bounds = Bounds(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try exchange(within: bounds.patience, sourceLocation: sourceLocation)
        remote.expectIdle(bounds, sourceLocation)
        bad.finishSending()
        let reason = try remote.nextEnd()
        #expect(reason == .closedByPeer, sourceLocation: sourceLocation)
        try finish(bad, delivering: expected, bounds, sourceLocation)
    }

    /// The peer was cut off or served; either will do, but nothing else may be delivered.
    ///
    /// A brief look is for one of many peers, the last of which is looked at whole.
    func expectSurvival(
        of bad: RawPeer,
        mayDeliver allowed: [Message]? = nil,
        isBrief: Bool = false,
        bounds: Bounds = Bounds(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        if !isBrief { try exchange(within: bounds.patience, sourceLocation: sourceLocation) }
        bad.finishSending()
        #expect(bad.waitForClose(), sourceLocation: sourceLocation)
        _ = try remote.nextEnd()
        if isBrief {
            bad.close()
            try remote.ask("drain")
            return
        }
        if let allowed {
            let wanted = allowed.map(Dialogue.fingerprint)
            #expect(strangers.allSatisfy(wanted.contains), "U3", sourceLocation: sourceLocation)
        }
        try finish(bad, delivering: nil, bounds, sourceLocation)
    }

    /// U2 to U7, once the connection of `bad` has ended. Nil delivers whatever was sent.
    private func finish(
        _ bad: RawPeer,
        delivering expected: [Message]?,
        _ bounds: Bounds,
        _ sourceLocation: SourceLocation
    ) throws {
        _ = bad.waitForClose()
        remote.expectIdle(bounds, sourceLocation)
        bad.close()
        try exchange(within: bounds.patience, sourceLocation: sourceLocation)
        if let expected {
            let wanted = expected.map(Dialogue.fingerprint)
            #expect(strangers == wanted, "U3", sourceLocation: sourceLocation)
        }
        strangers = []
        let surplus = try remote.takeEvents(sourceLocation).compactMap(\.endReason)
        #expect(surplus == [], "U7", sourceLocation: sourceLocation)
        remote.expectNothingLeft(bounds, sourceLocation)
    }
}

/// The correct peer of a subject.
private struct GoodPeer {
    let socket: any Socket
    private let kind: Setting.Kind

    init(of setting: Setting, _ context: Context) throws {
        kind = setting.kind
        switch kind {
        case .pull: socket = PushSocket(context: context)
        case .router, .dealer: socket = DealerSocket(context: context)
        case .push: socket = PullSocket(context: context)
        case .subscriber: socket = PublisherSocket(context: context)
        case .pair, .request, .reply, .xSubscriber:
            throw Unexpected(reason: nil)
        case .publisher, .xPublisher:
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe("good")
            socket = subscriber
        }
        setting.security?.opposite.apply(to: &socket.options)
    }

    /// Returns when both know of each other.
    func prepare(_ remote: Remote) throws {
        try remote.ask("peers", "1")
        guard kind == .publisher || kind == .xPublisher else { return }
        try remote.ask("subscribers", "1", Dialogue.hexadecimal(Array("good".utf8)))
        // An XPUB's application is told.
        if kind == .xPublisher { try remote.ask("receive", "1") }
    }

    /// This end of a hundred messages.
    func exchange(_ round: Int) throws {
        let texts = (0..<100).map { Message("good \(round) \($0)") }
        if kind == .pull || kind == .router, let sender = socket as? any SendingSocket {
            for text in texts { try sender.send(text, timeout: .seconds(10)) }
        }
        if kind != .pull, let receiver = socket as? any ReceivingSocket {
            for text in texts { #expect(try receiver.receive(timeout: .seconds(10)) == text) }
        }
    }
}
