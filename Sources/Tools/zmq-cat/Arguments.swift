import ToolSupport
import ZeroMQ

/// The types of sockets by the names that ZeroMQ's users know them by.
enum Kind: String {
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
struct Arguments: Sendable {
    var kind = Kind.pull
    var endpoints: [EndpointArgument] = []
    var topics: [Frame] = []
    var count: Int?
    var timeout: Duration?
    var identity: String?
    var printsHexadecimal = false
    var echoes = false
    var wantsHelp = false

    /// Reads a command line without the name of the program; nil if it is wrong.
    init?(_ words: some Sequence<String>) {
        var hasKind = false
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "-h", "--help": wantsHelp = true
            case "-x", "--hex": printsHexadecimal = true
            case "-e", "--echo": echoes = true
            case "-s", "--subscribe":
                guard let text = words.next(), let frame = Line.frame(text) else { return nil }
                topics.append(frame)
            case "-i", "--identity":
                guard let text = words.next() else { return nil }
                identity = text
            case "-n", "--count":
                guard let number = words.next().flatMap(Int.init), number > 0 else { return nil }
                count = number
            case "-t", "--timeout":
                guard let seconds = words.next().flatMap(Double.init), seconds > 0,
                    seconds < 1e9
                else { return nil }
                timeout = .seconds(seconds)
            default:
                guard !word.hasPrefix("-") else { return nil }
                if hasKind {
                    endpoints.append(EndpointArgument(word, isBoundByDefault: false))
                } else if let kind = Kind(rawValue: word.lowercased()) {
                    (self.kind, hasKind) = (kind, true)
                } else {
                    return nil
                }
            }
        }
        if wantsHelp { return }
        guard hasKind, !endpoints.isEmpty else { return nil }
        if echoes, kind != .rep { return nil }
        if !topics.isEmpty, kind != .sub, kind != .xsub { return nil }
    }
}
