internal import ZeroMQProtocol

/// How a socket type sends and receives: the table from types to strategies.
///
/// `SocketCore` implements the strategies and switches over these cases. Other traits of a type are
/// properties of `SocketKind`: here, in `InboundPolicy`, and where options are validated.
///
/// | type | sends | receives |
/// |---|---|---|
/// | PAIR | to its one peer | from its one peer |
/// | PUSH, DEALER | to the next peer with room | PUSH: nothing; DEALER: in turn |
/// | PULL | nothing | in turn |
/// | PUB, XPUB | to every matching peer | XPUB: notices, then in turn |
/// | SUB | nothing | in turn, filtered |
/// | XSUB | to every peer | in turn |
/// | REQ | to the next peer, once | from that peer, once |
/// | REP | to the last requester | in turn, envelope kept |
/// | ROUTER, STREAM | to the peer named by the first frame | in turn, named |
enum SendPattern {
    case none
    case pair
    case balance
    case publish
    case upstream
    case request
    case reply
    case route
    case raw

    init(_ kind: SocketKind) {
        switch kind {
        case .pair: self = .pair
        case .push, .dealer: self = .balance
        case .publisher, .xPublisher: self = .publish
        case .xSubscriber: self = .upstream
        case .request: self = .request
        case .reply: self = .reply
        case .router: self = .route
        case .stream: self = .raw
        case .pull, .subscriber: self = .none
        }
    }

    /// Whether the socket may reject a peer: a PAIR has one peer, and the peers of a ROUTER must
    /// have different names. A session asks before it tells its peer that it is connected.
    var choosesPeers: Bool { self == .pair || self == .route }

    /// Each message goes to one peer, unchanged.
    var isBalanced: Bool { self == .balance || self == .pair }
}

extension SocketKind {
    /// What the socket sends to a peer, or stores for it, is for that peer alone: an answer, a
    /// message addressed by name, its subscriptions. It must not go to the next peer at the same
    /// endpoint.
    var remembersPeers: Bool {
        switch self {
        case .reply, .router, .stream, .publisher, .xPublisher: true
        case .pair, .push, .pull, .dealer, .request, .subscriber, .xSubscriber: false
        }
    }
}

/// See `SendPattern`.
enum ReceivePattern {
    case none
    case plain
    case filtered
    case notices
    case request
    case reply
    case named
    /// Any of the others, with the peer's metadata attached to each message.
    case described

    init(_ kind: SocketKind) {
        switch kind {
        case .pair, .pull, .dealer, .xSubscriber: self = .plain
        case .subscriber: self = .filtered
        case .xPublisher: self = .notices
        case .request: self = .request
        case .reply: self = .reply
        case .router, .stream: self = .named
        case .push, .publisher: self = .none
        }
    }
}

extension SocketKind {
    /// A second connection to the same endpoint would only do harm: a subscriber would receive
    /// everything twice, and requests would go to one peer as if there were two. libzmq ignores it
    /// for the same types. Over inproc, where no loop reconnects, a second call is the way to meet
    /// the next peer.
    var ignoresRepeatedConnect: Bool {
        switch self {
        case .dealer, .request, .publisher, .subscriber: true
        case .pair, .push, .pull, .reply, .router, .xPublisher, .xSubscriber, .stream: false
        }
    }
}
