internal import ZeroMQProtocol

/// Which subscribers want which topics: what a publisher consults for each message.
///
/// Keeps for each subscriber a set of topics; repeating or cancelling what is not there changes
/// nothing. Matching finds every subscriber one of whose topics begins the message.
struct SubscriptionTable {
    typealias Subscriber = Int

    private var topics: [Frame: [Subscriber]] = [:]
    private var lengths = TopicLengths()
    /// For each subscriber its topics, to be given back when it leaves.
    private var held: [Subscriber: Set<Frame>] = [:]
    /// For each subscriber the octets of its topics together.
    private var octets: [Subscriber: Int] = [:]
    /// The last match in which a subscriber was found, so that it is found once.
    private var stamps: [UInt64] = []
    private var stamp: UInt64 = 0

    /// Subscriptions over all subscribers.
    private(set) var count = 0

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
        guard let topics = held[subscriber], !topics.contains(topic) else { return nil }
        if topics.count >= limits.topicsPerPeer { return .topics }
        let room = limits.topicOctetsPerPeer - octets[subscriber, default: 0]
        return topic.count > room ? .topicOctets : nil
    }

    mutating func insert(_ topic: Frame, for subscriber: Subscriber) -> Change {
        guard held[subscriber, default: []].insert(topic).inserted else {
            return Change(isNew: false, isFirstOrLast: false)
        }
        count += 1
        octets[subscriber, default: 0] += topic.count
        while stamps.count <= subscriber { stamps.append(0) }
        let isFirst = topics[topic] == nil
        topics[topic, default: []].append(subscriber)
        if isFirst { lengths.insert(topic.count) }
        return Change(isNew: true, isFirstOrLast: isFirst)
    }

    mutating func remove(_ topic: Frame, for subscriber: Subscriber) -> Change {
        guard held[subscriber]?.remove(topic) != nil else {
            return Change(isNew: false, isFirstOrLast: false)
        }
        octets[subscriber, default: 0] -= topic.count
        return Change(isNew: true, isFirstOrLast: release(topic, from: subscriber))
    }

    /// Forgets a subscriber. Returns the topics that nobody wants any more.
    mutating func removeAll(of subscriber: Subscriber) -> [Frame] {
        octets[subscriber] = nil
        guard let topics = held.removeValue(forKey: subscriber) else { return [] }
        return topics.filter { release($0, from: subscriber) }
    }

    private mutating func release(_ topic: Frame, from subscriber: Subscriber) -> Bool {
        count -= 1
        guard let index = topics[topic]?.firstIndex(of: subscriber) else { return false }
        topics[topic]?.remove(at: index)
        guard topics[topic]?.isEmpty == true else { return false }
        topics[topic] = nil
        lengths.remove(topic.count)
        return true
    }

    /// Appends each subscriber that wants a message beginning with `octets`, once.
    mutating func match(
        _ octets: UnsafeRawBufferPointer,
        into found: inout [Subscriber]
    ) {
        stamp += 1
        for length in lengths.lengths {
            guard length <= octets.count else { break }
            let prefix = Frame(copying: UnsafeRawBufferPointer(rebasing: octets[..<length]))
            guard let subscribers = topics[prefix] else { continue }
            for subscriber in subscribers where stamps[subscriber] != stamp {
                stamps[subscriber] = stamp
                found.append(subscriber)
            }
        }
    }
}
