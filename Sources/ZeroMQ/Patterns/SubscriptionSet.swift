/// What a subscriber asked for: topics, each counted by the calls that asked for it.
struct SubscriptionSet: ~Copyable {
    private var index = TopicIndex(wordsPerTopic: 1)
    /// The word in which a topic has the number of calls that asked for it.
    private static let calls = 0

    /// All topics; as long as none was taken back, in the order in which they were asked for.
    var topics: [Frame] {
        var topics: [Frame] = []
        for number in index.numbers { topics.append(index.topic(number)) }
        return topics
    }
    var count: Int { index.count }

    /// Adds one subscription. True if the topic is new.
    mutating func insert(_ topic: Frame) -> Bool {
        let (number, isNew) = topic.withUnsafeBytes { index.insert($0) }
        index[number, Self.calls] = isNew ? 1 : index[number, Self.calls] + 1
        return isNew
    }

    /// Takes back one subscription. Nil if there was none, true if it was the topic's last.
    mutating func remove(_ topic: Frame) -> Bool? {
        guard let number = topic.withUnsafeBytes({ index.find($0) }) else { return nil }
        index[number, Self.calls] -= 1
        guard index[number, Self.calls] == 0 else { return false }
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
