/// What a subscriber asked for: topics, each counted by the calls that asked for it.
struct SubscriptionSet {
    private var counts: [Frame: Int] = [:]
    private var lengths = TopicLengths()

    var topics: [Frame] { Array(counts.keys) }
    var count: Int { counts.count }

    /// Adds one subscription. True if the topic is new.
    mutating func insert(_ topic: Frame) -> Bool {
        counts[topic, default: 0] += 1
        guard counts[topic] == 1 else { return false }
        lengths.insert(topic.count)
        return true
    }

    /// Takes back one subscription. Nil if there was none, true if it was the topic's last.
    mutating func remove(_ topic: Frame) -> Bool? {
        guard let count = counts[topic] else { return nil }
        guard count == 1 else {
            counts[topic] = count - 1
            return false
        }
        counts[topic] = nil
        lengths.remove(topic.count)
        return true
    }

    /// Whether some topic begins the message.
    func matches(_ octets: UnsafeRawBufferPointer) -> Bool {
        for length in lengths.lengths {
            guard length <= octets.count else { return false }
            if length == 0 { return true }
            let prefix = Frame(copying: UnsafeRawBufferPointer(rebasing: octets[..<length]))
            if counts[prefix] != nil { return true }
        }
        return false
    }
}
