internal import ZeroMQProtocol

/// Which subscribers want which topics: what a publisher consults for each message.
///
/// Keeps for each subscriber a set of topics; repeating or cancelling what is not there changes
/// nothing. Matching finds every subscriber one of whose topics begins the message.
///
/// Most topics have one subscriber. Such a topic's words say which, and link it with the other
/// topics that this subscriber has for itself:
///
///     owner: subscriber | next topic of the subscriber | previous one
///
/// Once a second subscriber comes, and until the last one goes, the topic's subscribers are in
/// `links`, and the first word says where.
struct SubscriptionTable: ~Copyable {
    typealias Subscriber = Int

    enum Word {
        static let owner = 0
        static let next = 1
        static let previous = 2
        static let count = 3
        /// Marks an owner that is a number of `links`.
        static let shared: UInt32 = 1 << 31
    }

    /// What one subscriber has.
    private struct Holding: BitwiseCopyable {
        var topics = 0
        /// Bytes of its topics together.
        var bytes = 0
        /// The first of the topics that it has for itself.
        var firstTopic = TopicRecords.none
    }

    private var topics = TopicIndex(wordsPerTopic: Word.count)
    private var links = SubscriberLinks()
    private var holdings = PlainArray<Holding>()
    /// How a message is matched.
    let matcher: SubscriptionMatcher
    /// Topics that have one subscriber, and are not in `links`.
    private var soleCount = 0

    init() { matcher = SubscriptionMatcher(topics.matcher) }

    deinit { matcher.deallocate() }

    /// Subscriptions over all subscribers.
    var count: Int { soleCount + links.count }

    /// Topics that somebody is subscribed to.
    var topicCount: Int { topics.count }

    /// How many of the subscribers that count have any topic. Costs time in proportion to all.
    func countSubscribers(where counts: (UInt32) -> Bool) -> Int {
        (0..<holdings.count).count { holdings[$0].topics > 0 && counts(UInt32($0)) }
    }

    /// What a change meant to the table as a whole.
    struct Change {
        /// The subscriber's set changed.
        var isNew: Bool
        /// The topic came into use, or went out of use, with this change.
        var isFirstOrLast: Bool

        static let none = Change(isNew: false, isFirstOrLast: false)
    }

    /// The limit that one more topic of this subscriber would exceed.
    func limitExceeded(
        by topic: Frame,
        of subscriber: Subscriber,
        _ limits: ProtocolLimits
    ) -> ProtocolError.Limit? {
        guard subscriber < holdings.count else { return nil }
        let holding = holdings[subscriber]
        let isRoomy =
            holding.topics < limits.topicsPerPeer
            && topic.count <= limits.topicBytesPerPeer - holding.bytes
        if isRoomy || holds(subscriber, topic) { return nil }
        return holding.topics >= limits.topicsPerPeer ? .topics : .topicBytes
    }

    private func holds(_ subscriber: Subscriber, _ topic: Frame) -> Bool {
        topic.withUnsafeBytes { topics.find($0) }.map { holds(UInt32(subscriber), $0) } ?? false
    }

    private func holds(_ subscriber: UInt32, _ topic: UInt32) -> Bool {
        let owner = topics[topic, Word.owner]
        guard owner & Word.shared != 0 else { return owner == subscriber }
        return links.contains(owner & ~Word.shared, subscriber)
    }

    // MARK: Matching

    /// Each subscriber that wants a message beginning with `bytes`, once, until the next match.
    func match(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt32> {
        let found = matcher.match(bytes, readable: bytes.count)
        return matcher.isComplete ? found : matchInTree(bytes)
    }

    /// Adds to what the matcher has found what the tree finds.
    @inline(never)
    func matchInTree(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt32> {
        topics.forEachPrefixInTree(of: bytes) { topic in
            matcher.add(topics[topic, Word.owner])
            return true
        }
        return matcher.found.subscribers
    }

    // MARK: Changing

    mutating func insert(_ topic: Frame, for subscriber: Subscriber) -> Change {
        let (number, isFirst) = topic.withUnsafeBytes { topics.insert($0) }
        let name = UInt32(subscriber)
        matcher.found.admit(name)
        holdings.extend(to: subscriber + 1, with: Holding())
        if isFirst {
            insertSole(number, name)
        } else {
            guard !holds(name, number) else { return .none }
            links.insert(share(number), name)
            matcher.renew(links.view)
        }
        holdings.change(subscriber) {
            $0.topics += 1
            $0.bytes += topic.count
        }
        return Change(isNew: true, isFirstOrLast: isFirst)
    }

    mutating func remove(_ topic: Frame, for subscriber: Subscriber) -> Change {
        guard let number = topic.withUnsafeBytes({ topics.find($0) }),
            holds(UInt32(subscriber), number)
        else { return .none }
        holdings.change(subscriber) {
            $0.topics -= 1
            $0.bytes -= topic.count
        }
        let owner = topics[number, Word.owner]
        if owner & Word.shared == 0 {
            removeSole(number)
        } else if removeShared(owner & ~Word.shared, UInt32(subscriber)) {
            return Change(isNew: true, isFirstOrLast: false)
        }
        topics.remove(number)
        return Change(isNew: true, isFirstOrLast: true)
    }

    /// Forgets a subscriber, or so many of its topics. Calls `body` with each topic that nobody
    /// wants any more, or with each that the subscriber had, before it is forgotten as well: they
    /// may be too many to be copied all at once. Returns how many topics it may forget further.
    @discardableResult
    mutating func removeAll(
        of subscriber: Subscriber,
        atMost most: Int = .max,
        tellingEach: Bool = false,
        _ body: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) -> Int {
        guard subscriber < holdings.count else { return most }
        var rest = most
        while holdings[subscriber].firstTopic != TopicRecords.none {
            guard rest > 0 else { return 0 }
            rest -= 1
            let number = holdings[subscriber].firstTopic
            removeSole(number)
            body(topics.bytes(number))
            topics.remove(number)
        }
        while let (topic, number) = links.anyTopic(of: UInt32(subscriber)) {
            guard rest > 0 else { return 0 }
            rest -= 1
            let isWanted = removeShared(topic, UInt32(subscriber))
            if tellingEach || !isWanted { body(topics.bytes(number)) }
            if !isWanted { topics.remove(number) }
        }
        holdings[subscriber] = Holding()
        return rest
    }

    // MARK: Topics of one subscriber

    private mutating func insertSole(_ topic: UInt32, _ subscriber: UInt32) {
        soleCount += 1
        let next = holdings[Int(subscriber)].firstTopic
        topics[topic, Word.owner] = subscriber
        topics[topic, Word.next] = next
        topics[topic, Word.previous] = TopicRecords.none
        if next != TopicRecords.none { topics[next, Word.previous] = topic }
        holdings.change(Int(subscriber)) { $0.firstTopic = topic }
    }

    /// Takes a topic out of its subscriber's list.
    private mutating func removeSole(_ topic: UInt32) {
        soleCount -= 1
        let (next, previous) = (topics[topic, Word.next], topics[topic, Word.previous])
        if next != TopicRecords.none { topics[next, Word.previous] = previous }
        if previous != TopicRecords.none {
            topics[previous, Word.next] = next
        } else {
            holdings.change(Int(topics[topic, Word.owner])) { $0.firstTopic = next }
        }
    }

    /// Takes a subscriber from a topic of several. Whether there are others left.
    private mutating func removeShared(_ topic: UInt32, _ subscriber: UInt32) -> Bool {
        let isWanted = links.remove(topic, subscriber) ?? true
        matcher.renew(links.view)
        return isWanted
    }

    /// The number that a topic of several subscribers has in `links`.
    private mutating func share(_ topic: UInt32) -> UInt32 {
        let owner = topics[topic, Word.owner]
        guard owner & Word.shared == 0 else { return owner & ~Word.shared }
        removeSole(topic)
        let number = links.insertTopic(topic)
        links.insert(number, owner)
        topics[topic, Word.owner] = Word.shared | number
        return number
    }
}
