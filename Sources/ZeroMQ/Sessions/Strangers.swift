internal import ZeroMQReactor

/// The connections of a listener whose handshake is unfinished, limited in number.
///
/// Connections that wait for an authenticator have done their part. They are counted separately, so
/// that newcomers have places however many of them there are, and a good peer occupies a newcomer's
/// place only until it has identified itself.
struct Strangers {
    struct Entry {
        let session: Session
        /// When the current wait began: for the peer, or for the authenticator.
        let since: Instant
    }

    private let most: Int
    /// Waiting for the peer, oldest first; and below, waiting for the authenticator.
    private var silent: [Entry] = []
    private var judged: [Entry] = []

    init(most: Int) { self.most = most }

    var isEmpty: Bool { silent.isEmpty && judged.isEmpty }

    var sessions: [Session] { (silent + judged).map(\.session) }

    /// Whether no handshake may be added now. Up to `most` judged ones do not count.
    var isFull: Bool { silent.count + max(0, judged.count - most) >= most }

    /// The connection to evict first.
    var foremost: Entry? { silent.first ?? judged.first }

    mutating func add(_ session: Session, at now: Instant) {
        silent.append(Entry(session: session, since: now))
    }

    /// Most finish in the order in which they came, so a linear search is quick. Returns false if
    /// absent.
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
