/// The state of one server of a pair, and what each event makes of it.
///
/// A value without sockets: everything that can happen is in one table, which can be read, and
/// tested, as a whole. What keeps two servers from being active at a time is that silence alone
/// makes nobody active. A client has to ask as well, which it does when it has lost the other.
struct BinaryStar {
    typealias Instant = ContinuousClock.Instant

    /// The numbers are what the servers send each other, as text.
    enum State: Int {
        /// The primary, which has not heard of the backup yet.
        case primary = 1
        /// The backup, which has not heard of the primary yet.
        case backup
        /// Answers clients.
        case active
        /// Waits for the end of the active one.
        case passive
    }

    enum Event {
        /// The other server has told its state.
        case peer(State)
        /// A client has asked, and the other server has or has not been silent for too long.
        case request(isPeerSilent: Bool)
        /// This server was frozen for so long that the other may have taken over.
        case wasAway
    }

    enum Step: Equatable {
        case stay
        case become(State)
        /// The client has to ask the other server.
        case refuse
        /// Both servers have answered clients. A person has to decide which of them is right.
        case splitBrain
    }

    static func step(from state: State, on event: Event, role: State) -> Step {
        switch (state, event) {
        case (.primary, .peer(.backup)): .become(.active)
        case (.primary, .peer(.active)): .become(.passive)
        // A primary may serve alone, a backup may not.
        case (.primary, .request(isPeerSilent: true)): .become(.active)
        case (.backup, .peer(.active)): .become(.passive)
        case (.passive, .peer(.primary)), (.passive, .peer(.backup)): .become(.active)
        case (.passive, .request(isPeerSilent: true)): .become(.active)
        // A server that was away has stepped back, and the other one has not taken over.
        case (.passive, .peer(.passive)): role == .primary ? .become(.active) : .stay
        case (.active, .wasAway): .become(.passive)
        case (.active, .peer(.active)): .splitBrain
        case (.active, .request): .stay
        case (_, .request): .refuse
        default: .stay
        }
    }

    private(set) var state: State
    private let role: State
    /// How long a server may be silent.
    private let patience: Duration
    private var peerExpiry: Instant
    private var ownExpiry: Instant
    /// Until then, what the other one says may be of the time when this server was away.
    private var newsBegin: Instant

    init(_ role: State, patience: Duration, at now: Instant) {
        (self.state, self.role, self.patience) = (role, role, patience)
        (peerExpiry, ownExpiry, newsBegin) = (now + patience, now + patience, now)
    }

    /// The other server has said something.
    mutating func hear(_ peer: State, at now: Instant) throws(SplitBrain) {
        peerExpiry = now + patience
        guard peer == .active || newsBegin <= now else { return }
        try follow(Self.step(from: state, on: .peer(peer), role: role))
    }

    /// Whether a client gets an answer from this server.
    mutating func mayAnswer(at now: Instant) throws(SplitBrain) -> Bool {
        let step = Self.step(from: state, on: .request(isPeerSilent: peerExpiry < now), role: role)
        try follow(step)
        return step != .refuse
    }

    /// This server's own clock has ticked.
    mutating func tick(at now: Instant) throws(SplitBrain) {
        defer { ownExpiry = now + patience }
        guard ownExpiry < now else { return }
        (peerExpiry, newsBegin) = (now + patience, now + patience)
        try follow(Self.step(from: state, on: .wasAway, role: role))
    }

    private mutating func follow(_ step: Step) throws(SplitBrain) {
        switch step {
        case .become(let next): state = next
        case .splitBrain: throw SplitBrain()
        case .stay, .refuse: break
        }
    }

    /// Both servers of a pair have answered clients.
    struct SplitBrain: Error, CustomStringConvertible {
        var description: String { "both servers are active: the operator has to choose one" }
    }
}
