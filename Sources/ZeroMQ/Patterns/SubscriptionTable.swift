internal import ZeroMQProtocol

/// Which subscribers want which topics: what a publisher consults for each message.
///
/// Keeps for each subscriber a set of topics; repeating or cancelling what is not there changes
/// nothing. Matching finds every subscriber one of whose topics begins the message.
struct SubscriptionTable: ~Copyable {
    typealias Subscriber = Int

    /// What one subscriber has.
    private struct Holding {
        var topics = 0
        /// Octets of its topics together.
        var octets = 0
        /// The last match in which it was found, so that it is found once.
        var stamp: UInt64 = 0
    }

    private var topics = TopicIndex()
    private var links = SubscriberLinks()
    private var holdings: [Holding] = []
    private var stamp: UInt64 = 0

    /// Subscriptions over all subscribers.
    var count: Int { links.count }

    /// Topics that somebody is subscribed to.
    var topicCount: Int { topics.count }

    /// What a change meant to the table as a whole.
    struct Change {
        /// The subscriber's set changed.
        var isNew: Bool
        /// The topic came into use, or went out of use, with this change.
        var isFirstOrLast: Bool
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
            && topic.count <= limits.topicOctetsPerPeer - holding.octets
        if isRoomy || holds(subscriber, topic) { return nil }
        return holding.topics >= limits.topicsPerPeer ? .topics : .topicOctets
    }

    private func holds(_ subscriber: Subscriber, _ topic: Frame) -> Bool {
        topic.withUnsafeBytes { topics.find($0) }.map { links.contains($0, subscriber) } ?? false
    }

    mutating func insert(_ topic: Frame, for subscriber: Subscriber) -> Change {
        let (number, isFirst) = topic.withUnsafeBytes { topics.insert($0) }
        if !isFirst, links.contains(number, subscriber) {
            return Change(isNew: false, isFirstOrLast: false)
        }
        links.insert(number, subscriber)
        while holdings.count <= subscriber { holdings.append(Holding()) }
        holdings[subscriber].topics += 1
        holdings[subscriber].octets += topic.count
        return Change(isNew: true, isFirstOrLast: isFirst)
    }

    mutating func remove(_ topic: Frame, for subscriber: Subscriber) -> Change {
        guard let number = topic.withUnsafeBytes({ topics.find($0) }),
            links.remove(number, subscriber)
        else { return Change(isNew: false, isFirstOrLast: false) }
        holdings[subscriber].topics -= 1
        holdings[subscriber].octets -= topic.count
        guard !links.isWanted(number) else { return Change(isNew: true, isFirstOrLast: false) }
        topics.remove(number)
        return Change(isNew: true, isFirstOrLast: true)
    }

    /// Forgets a subscriber. Returns the topics that nobody wants any more.
    mutating func removeAll(of subscriber: Subscriber) -> [Frame] {
        guard subscriber < holdings.count else { return [] }
        holdings[subscriber] = Holding()
        var orphans: [Frame] = []
        while let number = links.anyTopic(of: subscriber) {
            _ = links.remove(number, subscriber)
            guard !links.isWanted(number) else { continue }
            orphans.append(topics.topic(number))
            topics.remove(number)
        }
        return orphans
    }

    /// Appends each subscriber that wants a message beginning with `octets`, once.
    mutating func match(
        _ octets: UnsafeRawBufferPointer,
        into found: inout [Subscriber]
    ) {
        stamp += 1
        let stamp = stamp
        // Taken out for the time, so that they can be changed while the topics are read.
        var holdings: [Holding] = []
        swap(&holdings, &self.holdings)
        defer { self.holdings = holdings }
        topics.forEachPrefix(of: octets) { number in
            links.forEachSubscriber(of: number) { subscriber in
                guard holdings[subscriber].stamp != stamp else { return }
                holdings[subscriber].stamp = stamp
                found.append(subscriber)
            }
            return true
        }
    }
}
