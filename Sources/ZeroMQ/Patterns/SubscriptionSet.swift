/// A subscriber's own subscriptions: topics, each with the number of calls that subscribed to it.
///
/// The topics are behind a pointer, because they are many words, which every look-up would copy.
struct SubscriptionSet: ~Copyable {
    private let index: UnsafeMutablePointer<TopicIndex>
    private let matcher: UnsafePointer<TopicMatcher>
    /// The topic's word that counts the calls.
    private static let calls = 0

    init() {
        index = .allocate(capacity: 1)
        index.initialize(to: TopicIndex(wordsPerTopic: 1))
        matcher = UnsafePointer(index.pointee.matcher)
    }

    deinit {
        index.deinitialize(count: 1)
        index.deallocate()
    }

    /// All topics; in the order of subscription, as long as none was cancelled.
    var topics: [Frame] {
        var topics: [Frame] = []
        for number in index.pointee.numbers { topics.append(index.pointee.topic(number)) }
        return topics
    }

    var count: Int { index.pointee.count }

    /// Adds one subscription. Returns true if the topic is new.
    mutating func insert(_ topic: Frame) -> Bool {
        let (number, isNew) = topic.withUnsafeBytes { index.pointee.insert($0) }
        let calls = isNew ? 0 : index.pointee[number, Self.calls]
        index.pointee[number, Self.calls] = calls + 1
        return isNew
    }

    /// Removes one subscription. Returns nil if there was none, true if it was the topic's last.
    mutating func remove(_ topic: Frame) -> Bool? {
        guard let number = topic.withUnsafeBytes({ index.pointee.find($0) }) else { return nil }
        let calls = index.pointee[number, Self.calls] - 1
        index.pointee[number, Self.calls] = calls
        guard calls == 0 else { return false }
        index.pointee.remove(number)
        return true
    }

    /// Whether any topic is a prefix of the message.
    @inline(__always)
    func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        matcher.pointee.everything != TopicRecords.none || Self.find(bytes, index, matcher)
    }

    @inline(never)
    private static func find(
        _ bytes: UnsafeRawBufferPointer,
        _ index: UnsafePointer<TopicIndex>,
        _ matcher: UnsafePointer<TopicMatcher>
    ) -> Bool {
        var isFound = false
        let body: (UInt32) -> Bool = { _ in
            isFound = true
            return false
        }
        if matcher.pointee.usesTree {
            index.pointee.forEachPrefixInTree(of: bytes, body)
        } else {
            TopicMatcher.forEachPrefix(matcher, of: bytes, readable: bytes.count, body)
        }
        return isFound
    }
}
