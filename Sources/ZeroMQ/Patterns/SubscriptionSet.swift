/// What a subscriber asked for: topics, each counted by the calls that asked for it.
struct SubscriptionSet: ~Copyable {
    private var index = TopicIndex()
    /// For each topic's number the calls that asked for it.
    private var counts: [Int] = []

    var topics: [Frame] {
        var topics: [Frame] = []
        for number in index.numbers { topics.append(index.topic(number)) }
        return topics
    }
    var count: Int { index.count }

    /// Adds one subscription. True if the topic is new.
    mutating func insert(_ topic: Frame) -> Bool {
        let (number, isNew) = topic.withUnsafeBytes { index.insert($0) }
        while counts.count <= number { counts.append(0) }
        counts[number] += 1
        return isNew
    }

    /// Takes back one subscription. Nil if there was none, true if it was the topic's last.
    mutating func remove(_ topic: Frame) -> Bool? {
        guard let number = topic.withUnsafeBytes({ index.find($0) }) else { return nil }
        counts[number] -= 1
        guard counts[number] == 0 else { return false }
        index.remove(number)
        return true
    }

    /// Whether some topic begins the message.
    func matches(_ octets: UnsafeRawBufferPointer) -> Bool {
        var isFound = false
        index.forEachPrefix(of: octets) { _ in
            isFound = true
            return false
        }
        return isFound
    }
}
