internal import ZeroMQProtocol

/// How a type of socket sends and receives: the table from types to strategies.
///
/// What a strategy does is in `SocketCore`, which switches over these cases. What else depends on
/// the type is asked of `SocketKind`: here, in `InboundPolicy`, and where options are validated.
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

    /// Not every peer is had: a PAIR has one, and those of a ROUTER have different names. A session
    /// asks before it tells its peer that it is connected.
    var choosesPeers: Bool { self == .pair || self == .route }

    /// Each message goes to one peer, as it is.
    var isBalanced: Bool { self == .balance || self == .pair }
}

extension SocketKind {
    /// What the socket sends, or keeps of a peer, is for that peer alone: an answer, a message that
    /// names it, what it subscribed to. It must not reach whoever comes to the same endpoint next.
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
    /// Any of the others, with a description of the peer attached to each message.
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
    /// everything twice, and requests would go to one peer as if it were two. The types are those
    /// for which libzmq does the same; where there is no loop that connects again, over inproc, a
    /// second call is the way to meet the next peer.
    var ignoresRepeatedConnect: Bool {
        switch self {
        case .dealer, .request, .publisher, .subscriber: true
        case .pair, .push, .pull, .reply, .router, .xPublisher, .xSubscriber, .stream: false
        }
    }
}
