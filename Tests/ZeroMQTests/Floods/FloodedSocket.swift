import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

/// A kind of socket, and what a peer sends it without end.
enum FloodedSocket: String, CaseIterable, CustomTestStringConvertible {
    case repEmpty, repUndelimited, repManyFrames
    case subUnwanted, subManyFrames, subInverted, subDescribed, subLatest
    case reqLate, reqMalformed
    case dealer, router, pull, pullLatest, pair, xSub, xPubMessages, stream
    case pubMessages, pushMessages
    case pullPings, pubPings, pullSlowly
    case pubTopics, pubOldTopics, pubManyTopics, xPubTopics, xPubEverything, xPubManual

    var testDescription: String { rawValue }

    /// What the peers say they are; nil for plain connections.
    var peerType: String? {
        switch self {
        case .repEmpty, .repUndelimited, .repManyFrames, .dealer, .router: "DEALER"
        case .subUnwanted, .subManyFrames, .subInverted, .subDescribed, .subLatest, .xSub: "PUB"
        case .reqLate, .reqMalformed: "ROUTER"
        case .pull, .pullLatest, .pullPings, .pullSlowly: "PUSH"
        case .pair: "PAIR"
        case .xPubMessages, .pubMessages, .pubPings: "SUB"
        case .pubTopics, .pubOldTopics, .pubManyTopics, .xPubTopics, .xPubEverything: "SUB"
        case .xPubManual: "SUB"
        case .pushMessages: "PULL"
        case .stream: nil
        }
    }

    /// What a peer sends again and again.
    func bytes(of peer: Int) -> [UInt8] {
        switch self {
        case .repEmpty: return Wire.frame([])
        case .repUndelimited: return Wire.text("no delimiter")
        case .repManyFrames:
            let frames = (0..<1000).map { _ in Wire.text("x", hasMore: true) }
            return Array(frames.joined()) + Wire.text("x")
        case .subManyFrames:
            let frames = (0..<1000).map { _ in Wire.text("zzz", hasMore: true) }
            return Array(frames.joined()) + Wire.text("x")
        case .subUnwanted, .subDescribed: return Wire.text("zzz")
        case .subInverted: return Wire.text("wanted, were it not for the inversion")
        case .reqLate:
            return Wire.frame([1, 2, 3, 4], flags: 1) + Wire.frame([], flags: 1) + Wire.text("late")
        case .reqMalformed: return Wire.text("no delimiter")
        case .pullPings, .pubPings: return Wire.ping(context: Array("context".utf8))
        case .pullSlowly: return Wire.frame([UInt8](repeating: 7, count: 200_000))
        case .pubTopics, .xPubTopics:
            return Wire.subscribe([97]) + Wire.cancel([97])
        case .pubOldTopics, .xPubManual: return Wire.frame([1, 97]) + Wire.frame([0, 97])
        case .pubManyTopics, .xPubEverything:
            let topics = (0..<10_000).map { Array("\(peer)/\($0)".utf8) }
            return Array(topics.map { Wire.subscribe($0) }.joined())
                + Array(topics.map { Wire.frame([0] + $0) }.joined())
        default: return Wire.text("\(peer)")
        }
    }

    /// Most peers at a time.
    var mostPeers: Int { self == .pair ? 1 : 2 }

    func make(_ context: Context) throws -> any Socket {
        switch self {
        case .repEmpty, .repUndelimited, .repManyFrames: return ReplySocket(context: context)
        case .subUnwanted, .subManyFrames, .subInverted, .subDescribed:
            let socket = SubscriberSocket(context: context)
            try socket.subscribe("wanted")
            socket.invertsMatching = self == .subInverted
            socket.describesMessages = self == .subDescribed
            return socket
        case .subLatest:
            let socket = SubscriberSocket(context: context)
            socket.options.keepsOnlyLatest = true
            try socket.subscribe()
            return socket
        case .reqLate, .reqMalformed:
            let socket = RequestSocket(context: context)
            socket.isCorrelated = self == .reqLate
            return socket
        case .dealer: return DealerSocket(context: context)
        case .router: return RouterSocket(context: context)
        case .pull, .pullPings, .pullSlowly: return PullSocket(context: context)
        case .pullLatest:
            let socket = PullSocket(context: context)
            socket.options.keepsOnlyLatest = true
            return socket
        case .pair: return PairSocket(context: context)
        case .xSub: return XSubscriberSocket(context: context)
        case .xPubMessages: return XPublisherSocket(context: context)
        case .stream: return StreamSocket(context: context)
        case .pubMessages, .pubPings, .pubTopics, .pubOldTopics, .pubManyTopics:
            return PublisherSocket(context: context)
        case .xPubTopics: return XPublisherSocket(context: context)
        case .xPubEverything, .xPubManual:
            let socket = XPublisherSocket(context: context)
            socket.notices = .everything
            socket.isManual = self == .xPubManual
            return socket
        case .pushMessages: return PushSocket(context: context)
        }
    }
}
