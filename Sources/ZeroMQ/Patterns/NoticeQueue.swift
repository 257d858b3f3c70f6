/// XPUB: changes of subscription that the application has not been told of yet, in order.
///
/// An application that keeps up gets every notice. For one that reads late, the queue does not grow
/// with the number of changes: once it is long, each topic waits at most once, and a subscription
/// that is cancelled while it waits is not reported. So the queue is bounded by the number of
/// topics that peers may have.
struct NoticeQueue {
    /// Which topics count as the same.
    enum Scope {
        /// The topics of all peers together.
        case topic
        /// Each peer's topics separately: a cancellation cancels out a subscription of the same
        /// peer.
        case peer
        /// The application decides on each notice: every one is reported while the peer is there.
        case grant
    }

    /// A change of one topic.
    struct Notice {
        let topic: Frame
        let isSubscribe: Bool
        /// Whether the topic came into use, or went out of use, within the scope; if not, a
        /// repetition.
        let isFirstOrLast: Bool
        var scope = Scope.topic
        /// How many messages the peer had sent before; the greatest number if the peer has left.
        var precedingMessages: UInt64 = 0
        /// The pipe of the notice. Weak: an unread queue must not keep peers that have gone.
        weak var pipe: SocketPipe?
        /// Tells the peer from others, even after the pipe has gone.
        var peerNumber: UInt64 = 0
        /// The peer's description, for metadata.
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
        /// 0 means all peers.
        let peer: UInt64
    }

    /// Up to this many notices wait unchanged.
    private let longest: Int
    /// Nil where a notice was withdrawn.
    private var notices: [Notice?] = []
    private var first = 0
    /// How many notices wait.
    private(set) var count = 0
    /// The index of the newest notice for each topic, kept once the queue has become long.
    private var newest: [Key: Int] = [:]
    private var isLong = false
    /// Peers in manual mode that have left, whose notices may be merged. Below: how many notices of
    /// theirs there have been in all, and how many when they were last merged.
    private var departed: Set<UInt64> = []
    private var orphans = 0
    private var settledOrphans = 0

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 }

    /// The oldest notice, which stays in the queue.
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

    /// A peer in manual mode has left with `unread` notices.
    ///
    /// Peers that come, subscribe, cancel and leave must not fill the queue without limit. So once
    /// it is long, and there are as many such notices as a pass over the queue costs, they are
    /// merged. For each topic only a cancellation remains, and only if the application was told of
    /// the subscription.
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
            // The first notice for a topic shows whether the application has been told of the
            // topic.
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

    /// Takes the oldest notice.
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

    /// Merges a notice with a waiting one for the same topic. Returns true if nothing is left to
    /// report.
    private mutating func coalesce(_ notice: Notice) -> Bool {
        guard notice.scope != .grant else { return false }
        // A peer cancelled a topic that other peers still have, or that it never had. Not reported
        // once the queue is long: it changes nothing, and a peer can repeat it endlessly.
        if !notice.isFirstOrLast, !notice.isSubscribe { return true }
        guard let index = newest[notice.key], let waiting = notices[index],
            waiting.scope == notice.scope
        else { return false }
        if !waiting.isFirstOrLast {
            // An unreported repetition is withdrawn when a newer notice follows it.
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

    /// Removes the gaps of withdrawn notices.
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
