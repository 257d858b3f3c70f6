internal import ZeroMQProtocol

/// The sending direction of a socket: everything its gate in `SocketCore` guards.
///
/// Lives behind a pointer, so that using its parts in place costs no exclusivity checks.
struct SendSide: ~Copyable {
    let pattern: SendPattern
    var waiters = WaiterQueue()
    /// Why nothing can be sent any more, once that is so.
    private(set) var ending: ZeroMQError?
    /// Which servers refuse this socket.
    private(set) var refusals = ServerRefusals()
    /// Whether there is an obstacle, as a flag for the path of messages.
    private(set) var isObstructed = false
    /// Why nothing can be sent now: the end, or a server's refusal.
    var obstacle: ZeroMQError? { ending ?? refusals.error }

    /// All pipes, and those with room in turn (PUSH, DEALER, REQ, and PAIR with its one).
    var pipes = PipeList()
    var balancer = LoadBalancer()
    /// PUB and XPUB: who wants what.
    var subscriptions: SubscriptionTable
    /// The way of a message through them, in a few words: the table itself is many.
    let matcher: SubscriptionMatcher
    var subscribers = SubscriberList()
    /// Those that have left and are not forgotten yet, in turn.
    var departedSubscribers: [DepartedSubscriber] = [] { didSet { noteAdjustments() } }
    /// For how many messages every subscriber is known to have room.
    var sureRoom = 0
    /// ROUTER, REP and STREAM: who is called what.
    var routes = RouteTable()

    // Options that act at once.
    var isMandatory = false
    var allowsHandover = false
    var isLossless = false
    var notices = SubscriptionNotices.changes
    /// XPUB: the application decides what its peers get.
    var isManual = false
    /// XPUB: what peers asked for, where that is not what they get.
    var requests: RequestedTopics?
    /// How many peers have come that subscribe.
    var subscribersSeen: UInt64 = 0
    /// PUB and XPUB: what every new peer gets first.
    var welcomeMessage: Message?
    /// PUB and XPUB: those get a message whom it does not match.
    var invertsMatching = false { didSet { noteAdjustments() } }
    /// XPUB: the next message is for this peer alone.
    var onlyTarget: NoticedPeer? { didSet { noteAdjustments() } }
    /// Messages published to pipes that have left.
    var sentToDeparted = 0

    /// REQ: what was accepted while no peer was there.
    var held: HeldRequest?

    /// Somebody over inproc found no place, and is to be told when one comes free.
    var hasTurnedAway = false

    /// Something happened that may let a waiting sender go on.
    var isStirred = false

    mutating func end(_ error: ZeroMQError) {
        ending = error
        isObstructed = true
    }

    mutating func note(refusal error: ZeroMQError?, of pipe: SocketPipe) {
        refusals.note(error, pipe)
        isObstructed = obstacle != nil
    }

    mutating func takeNewsOfRefusal() -> Bool { refusals.takeNews() }

    init(pattern: SendPattern) {
        self.pattern = pattern
        let subscriptions = SubscriptionTable()
        matcher = subscriptions.matcher
        self.subscriptions = subscriptions
    }

    /// The peers that match are not simply those that get a message. A flag, for the path of
    /// messages.
    private(set) var adjustsMatches = false

    private mutating func noteAdjustments() {
        adjustsMatches = invertsMatching || onlyTarget != nil || !departedSubscribers.isEmpty
    }

    /// Whether a waiting sender has reason to try again.
    var mayProceed: Bool {
        switch pattern {
        case .pair, .balance: balancer.activeCount > 0
        case .request: balancer.activeCount > 0 || mayHoldRequest
        case .none, .publish, .upstream, .reply, .route, .raw: isStirred
        }
    }
}
