/// The kind of a socket, as both ends name it in their READY command.
///
/// Raw values are the numbers that libzmq uses for the same kinds.
package enum SocketKind: UInt8, Sendable, CaseIterable {
    case pair = 0
    case publisher = 1
    case subscriber = 2
    case request = 3
    case reply = 4
    case dealer = 5
    case router = 6
    case pull = 7
    case push = 8
    case xPublisher = 9
    case xSubscriber = 10
    case stream = 11

    /// The value of the Socket-Type property, such as "XPUB".
    package var wireName: String {
        switch self {
        case .pair: "PAIR"
        case .publisher: "PUB"
        case .subscriber: "SUB"
        case .request: "REQ"
        case .reply: "REP"
        case .dealer: "DEALER"
        case .router: "ROUTER"
        case .pull: "PULL"
        case .push: "PUSH"
        case .xPublisher: "XPUB"
        case .xSubscriber: "XSUB"
        case .stream: "STREAM"
        }
    }

    /// The kind with exactly this wire name; "pub" is nobody's name.
    package init?(wireName bytes: some Collection<UInt8>) {
        let match = Self.allCases.first { $0.wireName.utf8.elementsEqual(bytes) }
        guard let match else { return nil }
        self = match
    }

    /// The kinds this one may talk to.
    package var partners: [SocketKind] {
        switch self {
        case .pair: [.pair]
        case .publisher: [.subscriber, .xSubscriber]
        case .subscriber: [.publisher, .xPublisher]
        case .request: [.reply, .router]
        case .reply: [.request, .dealer]
        case .dealer: [.reply, .dealer, .router]
        case .router: [.request, .dealer, .router]
        case .pull: [.push]
        case .push: [.pull]
        case .xPublisher: [.subscriber, .xSubscriber]
        case .xSubscriber: [.publisher, .xPublisher]
        // Speaks raw bytes and never meets a handshake.
        case .stream: []
        }
    }

    /// Whether a peer of the given kind is a legal partner of this one.
    package func accepts(_ peer: SocketKind) -> Bool {
        partners.contains(peer)
    }

    /// Whether READY carries the Identity property, even when it is empty.
    package var announcesIdentity: Bool {
        switch self {
        case .request, .dealer, .router: true
        default: false
        }
    }
}
