import ToolSupport
import ZeroMQ

/// The types of sockets by the names that ZeroMQ's users know them by.
enum Kind: String, CaseIterable {
    case req, rep, dealer, router, pub, sub, xpub, xsub, push, pull, pair, stream

    func makeSocket() -> any Socket {
        switch self {
        case .req: RequestSocket()
        case .rep: ReplySocket()
        case .dealer: DealerSocket()
        case .router: RouterSocket()
        case .pub: PublisherSocket()
        case .sub: SubscriberSocket()
        case .xpub: XPublisherSocket()
        case .xsub: XSubscriberSocket()
        case .push: PushSocket()
        case .pull: PullSocket()
        case .pair: PairSocket()
        case .stream: StreamSocket()
        }
    }
}

/// What the command line says.
struct Arguments: ToolArguments, Sendable {
    var kind = Kind.pull
    var endpoints: [EndpointArgument] = []
    var topics: [Frame] = []
    var count: Int?
    var timeout: Duration?
    var identity: String?
    var printsHexadecimal = false
    var echoes = false
    var security = SecurityArguments()
    private var hasKind = false
    private(set) var complaint: String?

    mutating func take(_ word: String, _ others: inout Words) -> Bool {
        switch word {
        case "-x", "--hex": printsHexadecimal = true
        case "-e", "--echo": echoes = true
        case "-s", "--subscribe":
            guard let text = others.next(), let frame = Line.frame(text) else { return false }
            topics.append(frame)
        case "-i", "--identity":
            identity = others.next()
            return identity != nil
        case "-n", "--count":
            count = others.next().flatMap(Int.init)
            return count.map { $0 > 0 } ?? false
        case "-t", "--timeout":
            guard let seconds = others.next().flatMap(Double.init), seconds > 0, seconds < 1e9
            else { return false }
            timeout = .seconds(seconds)
        default: return take(kindOrEndpoint: word)
        }
        return true
    }

    private mutating func take(kindOrEndpoint word: String) -> Bool {
        guard !word.hasPrefix("-") else { return false }
        if hasKind {
            endpoints.append(EndpointArgument(word, isBoundByDefault: false))
        } else if let kind = Kind(rawValue: word.lowercased()) {
            (self.kind, hasKind) = (kind, true)
        } else {
            let kinds = Kind.allCases.map(\.rawValue).joined(separator: " ")
            complaint = "\(word) is no type of socket; the types are: \(kinds)"
        }
        return hasKind
    }

    var isComplete: Bool {
        guard hasKind, !endpoints.isEmpty else { return false }
        if echoes, kind != .rep { return false }
        return topics.isEmpty || kind == .sub || kind == .xsub
    }
}
