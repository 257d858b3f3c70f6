internal import ZeroMQReactor

/// The connections of a listener whose handshake is unfinished, and how many there may be.
///
/// Those of which an authenticator has been asked have done their part and wait for us. They are
/// counted apart: however many they are, those who come have places of their own, and a good peer
/// needs one for the moment only until it has said who it is.
struct Strangers {
    struct Entry {
        let session: Session
        /// Since when it has been the peer's turn, or ours.
        let since: Instant
    }

    private let most: Int
    /// Whose turn it is, the oldest first: the peer's, or the authenticator's.
    private var silent: [Entry] = []
    private var judged: [Entry] = []

    init(most: Int) { self.most = most }

    var isEmpty: Bool { silent.isEmpty && judged.isEmpty }

    var sessions: [Session] { (silent + judged).map(\.session) }

    /// Nobody can be let in now. Of those judged as many as the limit have places of their own.
    var isFull: Bool { silent.count + max(0, judged.count - most) >= most }

    /// Who has to go first for somebody new.
    var foremost: Entry? { silent.first ?? judged.first }

    mutating func add(_ session: Session, at now: Instant) {
        silent.append(Entry(session: session, since: now))
    }

    /// Most finish in the order in which they came. False if it was not here.
    mutating func remove(_ session: Session) -> Bool {
        Self.remove(session, from: &silent) || Self.remove(session, from: &judged)
    }

    mutating func wasAsked(about session: Session, at now: Instant) {
        guard Self.remove(session, from: &silent) else { return }
        judged.append(Entry(session: session, since: now))
    }

    mutating func wasAnswered(about session: Session, at now: Instant) {
        guard Self.remove(session, from: &judged) else { return }
        silent.append(Entry(session: session, since: now))
    }

    private static func remove(_ session: Session, from entries: inout [Entry]) -> Bool {
        guard let index = entries.firstIndex(where: { $0.session === session }) else {
            return false
        }
        entries.remove(at: index)
        return true
    }
}
