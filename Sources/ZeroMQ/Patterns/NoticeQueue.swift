/// XPUB: what its application has not yet been told of its peers' subscriptions, in order.
///
/// An application that keeps up gets every notice. For one that reads late the queue does not
/// grow with the number of changes: from a certain length on a topic waits once, and a
/// subscription whose cancellation follows is not told at all. So it is bounded by the topics
/// that peers may hold.
struct NoticeQueue {
    /// Whose topics are told apart.
    enum Scope {
        /// The topics of all peers together.
        case topic
        /// Each peer's topics by themselves: a cancellation settles a subscription of the same
        /// peer.
        case peer
        /// The application decides about each notice of the peer: all of them are told, as long as
        /// the peer is there.
        case grant
    }

    /// A change of one topic.
    struct Notice {
        let topic: Frame
        let isSubscribe: Bool
        /// The topic came into use, or went out of use, within the scope; else a repetition.
        let isFirstOrLast: Bool
        var scope = Scope.topic
        /// How many messages the peer had sent before; the greatest number if it has left.
        var precedingMessages: UInt64 = 0
        /// Where it comes from. Weak: a queue that nobody reads must not keep peers that have gone.
        weak var pipe: SocketPipe?
        /// What tells its peer from others, even after the pipe has gone.
        var peerNumber: UInt64 = 0
        /// What is known of the peer, for those who want to know.
        var peer: PeerDescription?

        var isFarewell: Bool { precedingMessages == .max }

        var message: Message {
            SubscriptionMessage(topic: topic, isSubscribe: isSubscribe).message
        }

        fileprivate var key: Key {
            Key(topic: topic, peer: scope == .topic ? 0 : peerNumber)
        }
    }

    fileprivate struct Key: Hashable {
        let topic: Frame
        /// 0 stands for all of them.
        let peer: UInt64
    }

    /// As many as this wait as they came.
    private let longest: Int
    /// Those taken back are nil.
    private var notices: [Notice?] = []
    private var first = 0
    /// How many wait.
    private(set) var count = 0
    /// The newest notice of each topic, known once the queue has become long.
    private var newest: [Key: Int] = [:]
    private var isLong = false
    /// Peers whose grants can be settled, because they have left; and how many notices of theirs
    /// have come, and how many were left, when that was last done.
    private var departed: Set<UInt64> = []
    private var orphans = 0
    private var settledOrphans = 0

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 }

    /// The oldest, without taking it.
    var oldest: Notice? {
        mutating get {
            while first < notices.count {
                if let notice = notices[first] { return notice }
                first += 1
            }
            return nil
        }
    }

    mutating func append(_ notice: Notice) {
        if !isLong, count >= longest { noteNewest() }
        if isLong, coalesce(notice) { return }
        if isLong { newest[notice.key] = notices.count }
        notices.append(notice)
        count += 1
        if notices.count > 2 * count + 2 * longest { compact() }
    }

    /// A peer whose grants count has left, after so many notices that nobody has read.
    ///
    /// Peers that come, subscribe, cancel and go must not fill the queue without end. So once it is
    /// long and as many such notices have come as a pass over the queue costs, of each topic only
    /// a cancellation is left, and only if the application had been told of the subscription.
    mutating func peerLeft(_ number: UInt64, unread: Int) {
        guard unread > 0 else { return }
        departed.insert(number)
        orphans += unread
        if isLong, orphans - settledOrphans > max(longest, count / 2) { settle() }
    }

    private mutating func settle() {
        var known: Set<Key> = []
        for index in first..<notices.count {
            guard let notice = notices[index], isOrphan(notice) else { continue }
            // What comes first of a topic says whether the application has been told of it.
            let isFirst = notice.isFirstOrLast && known.insert(notice.key).inserted
            guard !isFirst || notice.isSubscribe else { continue }
            notices[index] = nil
            count -= 1
        }
        compact()
        settledOrphans = orphans
    }

    private func isOrphan(_ notice: Notice) -> Bool {
        notice.scope == .grant && departed.contains(notice.peerNumber)
    }

    /// Takes the oldest.
    mutating func popFirst() -> Notice? {
        while first < notices.count {
            let notice = notices[first]
            notices[first] = nil
            first += 1
            guard let notice else { continue }
            count -= 1
            if isLong, newest[notice.key] == first - 1 { newest[notice.key] = nil }
            if isEmpty { self = NoticeQueue(longest: longest) }
            return notice
        }
        return nil
    }

    /// Settles a notice against one of its topic that waits. True if nothing is left to be told.
    private mutating func coalesce(_ notice: Notice) -> Bool {
        guard notice.scope != .grant else { return false }
        // One peer of several gave a topic up, or one that it never had: of no weight, and endless.
        if !notice.isFirstOrLast, !notice.isSubscribe { return true }
        guard let index = newest[notice.key], let waiting = notices[index],
            waiting.scope == notice.scope
        else { return false }
        if !waiting.isFirstOrLast {
            // A repetition that nobody has heard of is worth nothing beside what follows it.
            takeBack(index, notice.key)
            return false
        }
        guard notice.isFirstOrLast, notice.isSubscribe != waiting.isSubscribe else { return true }
        takeBack(index, notice.key)
        return true
    }

    private mutating func takeBack(_ index: Int, _ key: Key) {
        notices[index] = nil
        newest[key] = nil
        count -= 1
    }

    private mutating func noteNewest() {
        isLong = true
        for index in first..<notices.count {
            if let notice = notices[index] { newest[notice.key] = index }
        }
    }

    /// Closes the gaps that notices taken back have left.
    private mutating func compact() {
        notices = notices[first...].filter { $0 != nil }
        first = 0
        newest = [:]
        if isLong { noteNewest() }
        guard !departed.isEmpty else { return }
        let left = notices.compactMap(\.self).filter { isOrphan($0) }
        orphans = left.count
        departed = Set(left.map(\.peerNumber))
    }
}
