internal import ZeroMQProtocol

/// The sending direction of a socket: everything its gate in `SocketCore` guards.
///
/// Lives behind a pointer, so that using its parts in place costs no exclusivity checks.
struct SendSide: ~Copyable {
    let pattern: SendPattern
    var waiters = WaiterQueue()
    /// Why nothing can be sent any more; nil until then.
    private(set) var ending: ZeroMQError?
    /// The servers that refuse this socket.
    private(set) var refusals = ServerRefusals()
    /// Whether there is an obstacle, as a flag for the fast path.
    private(set) var isObstructed = false
    /// Why nothing can be sent now: the socket has ended, or a server refuses it.
    var obstacle: ZeroMQError? { ending ?? refusals.error }

    /// All pipes, and below, the pipes with room that take turns (PUSH, DEALER, REQ; PAIR has one).
    var pipes = PipeList()
    var balancer = LoadBalancer()
    /// PUB and XPUB: which subscriber wants which topic.
    var subscriptions: SubscriptionTable
    /// The part of the table that matches messages. It is a few words; the table itself is many.
    let matcher: SubscriptionMatcher
    var subscribers = SubscriberList()
    /// Subscribers that have left and whose subscriptions are not all removed yet, in order.
    var departedSubscribers: [DepartedSubscriber] = [] { didSet { noteAdjustments() } }
    /// The number of messages for which every subscriber is known to have room.
    var sureRoom = 0
    /// ROUTER, REP and STREAM: the pipe behind each routing id.
    var routes = RouteTable()

    // Options that act at once.
    var isMandatory = false
    var allowsHandover = false
    var isLossless = false
    var notices = SubscriptionNotices.changes
    /// XPUB: the application decides which subscriptions its peers get.
    var isManual = false
    /// XPUB: the topics that peers requested, kept where they may differ from those granted.
    var requests: RequestedTopics?
    /// How many subscribing peers have joined so far.
    var subscribersSeen: UInt64 = 0
    /// PUB and XPUB: the first message that every new peer gets.
    var welcomeMessage: Message?
    /// PUB and XPUB: sends each message to the peers whose subscriptions do not match it.
    var invertsMatching = false { didSet { noteAdjustments() } }
    /// XPUB: the only peer that gets the next message.
    var onlyTarget: NoticedPeer? { didSet { noteAdjustments() } }
    /// How many messages were published to pipes that have left.
    var sentToDeparted = 0

    /// REQ: the request that was accepted while there was no peer.
    var held: HeldRequest?

    /// An inproc peer was turned away for lack of a place, and is told when one comes free.
    var hasTurnedAway = false

    /// An event happened that may let a waiting sender proceed.
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

    /// The peers that get a message differ from those that match it. A flag, for the fast path.
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
