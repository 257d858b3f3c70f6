internal import ZeroMQProtocol

/// Which subscribers want which topics: a publisher consults this for each message.
///
/// Keeps a set of topics for each subscriber, so repeated subscriptions and cancellations without a
/// subscription change nothing. Matching finds every subscriber with a topic that is a prefix of
/// the message.
///
/// Most topics have one subscriber. The words of such a topic contain the subscriber, and link the
/// topic with others that have this subscriber only:
///
///     owner: subscriber | next topic of the subscriber | previous one
///
/// From its second subscriber on, and until the last one goes, the topic's subscribers are in
/// `links`, and the first word is the topic's number there.
struct SubscriptionTable: ~Copyable {
    typealias Subscriber = Int

    enum Word {
        static let owner = 0
        static let next = 1
        static let previous = 2
        static let count = 3
        /// Marks an owner word that is a number in `links`.
        static let shared: UInt32 = 1 << 31
    }

    /// The topics of one subscriber.
    private struct Holding: BitwiseCopyable {
        var topics = 0
        /// The total size of its topics in bytes.
        var bytes = 0
        /// The first of the topics that have this subscriber only.
        var firstTopic = TopicRecords.none
    }

    private var topics = TopicIndex(wordsPerTopic: Word.count)
    private var links = SubscriberLinks()
    private var holdings = PlainArray<Holding>()
    /// Matches messages.
    let matcher: SubscriptionMatcher
    /// Topics that have one subscriber, and are not in `links`.
    private var soleCount = 0

    init() { matcher = SubscriptionMatcher(topics.matcher) }

    deinit { matcher.deallocate() }

    /// The number of subscriptions of all subscribers.
    var count: Int { soleCount + links.count }

    /// The number of topics that have a subscriber.
    var topicCount: Int { topics.count }

    /// How many of the subscribers accepted by `counts` have any topic. Takes linear time.
    func countSubscribers(where counts: (UInt32) -> Bool) -> Int {
        (0..<holdings.count).count { holdings[$0].topics > 0 && counts(UInt32($0)) }
    }

    /// What a change meant for the whole table.
    struct Change {
        /// Whether the subscriber's set changed.
        var isNew: Bool
        /// Whether the topic came into use, or went out of use, with this change.
        var isFirstOrLast: Bool

        static let none = Change(isNew: false, isFirstOrLast: false)
    }

    /// The limit that one more topic of this subscriber would exceed; nil if none.
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

    /// The subscribers that want a message beginning with `bytes`, each once; valid until the next
    /// match.
    func match(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt32> {
        let found = matcher.match(bytes, readable: bytes.count)
        return matcher.isComplete ? found : matchInTree(bytes)
    }

    /// Adds the subscribers that only the tree finds.
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

    /// Removes a subscriber, or up to `most` of its topics. Calls `body` with each topic that has
    /// no subscriber left or, with `tellingEach`, with each topic that this subscriber had. The
    /// calls come before the topic is removed, because copying all topics at once could take too
    /// much memory. Returns how many more topics may be removed.
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

    /// Removes a topic from its subscriber's list.
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

    /// Removes a subscriber from a topic with several. Returns whether others are left.
    private mutating func removeShared(_ topic: UInt32, _ subscriber: UInt32) -> Bool {
        let isWanted = links.remove(topic, subscriber) ?? true
        matcher.renew(links.view)
        return isWanted
    }

    /// The number in `links` of a topic with several subscribers, which is added if necessary.
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
