/// Finds who wants a message: the way of every publication through a table of subscriptions.
///
/// A handle of a few words, which stays valid as long as the table. What it leads to is renewed by
/// the table with each change.
struct SubscriptionMatcher: BitwiseCopyable {
    private let topics: UnsafePointer<TopicMatcher>
    private let groups: UnsafeMutablePointer<UnsafePointer<SubscriberLinks.Group>?>
    let found = MatchList()

    init(_ topics: UnsafePointer<TopicMatcher>) {
        self.topics = topics
        groups = .allocate(capacity: 1)
        groups.initialize(to: nil)
    }

    func deallocate() {
        groups.deallocate()
        found.deallocate()
    }

    /// The topics of several subscribers have changed.
    func renew(_ view: UnsafePointer<SubscriberLinks.Group>?) { groups.pointee = view }

    /// Nothing but what is found here begins a message; else the table's tree knows more.
    @inline(__always)
    var isComplete: Bool { !topics.pointee.usesTree }

    /// Each subscriber that wants a message beginning with `bytes`, once, until the next match.
    /// More bytes than those may be readable, whatever they are.
    @inline(__always)
    func match(
        _ bytes: UnsafeRawBufferPointer,
        readable: Int
    ) -> UnsafeBufferPointer<UInt32> {
        found.begin()
        TopicMatcher.forEachPrefix(topics, of: bytes, readable: readable) { topic in
            add(topics.pointee.records[topic, SubscriptionTable.Word.owner])
            return true
        }
        return found.subscribers
    }

    /// Adds the subscriber, or the subscribers, that a topic's first word names.
    @inline(never)
    func add(_ owner: UInt32) {
        if owner & SubscriptionTable.Word.shared == 0 {
            found.add(owner)
        } else if let groups = groups.pointee {
            found.add(groups[Int(owner & ~SubscriptionTable.Word.shared)].subscribers)
        }
    }
}
