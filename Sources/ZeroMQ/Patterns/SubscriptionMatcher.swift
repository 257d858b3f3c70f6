/// Finds the subscribers that want a message: what a publication reads of a table of subscriptions.
///
/// A handle of a few words that stays valid as long as the table. The table updates the data behind
/// it with each change.
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

    /// Sets the new location of the groups, after topics with several subscribers have changed.
    func renew(_ view: UnsafePointer<SubscriberLinks.Group>?) { groups.pointee = view }

    /// True if the matcher alone finds all matching topics; if false, the table's tree finds the
    /// rest.
    @inline(__always)
    var isComplete: Bool { !topics.pointee.usesTree }

    /// The subscribers that want a message beginning with `bytes`, each once; valid until the next
    /// match. `readable` bytes may be read, which may be more; their values do not matter.
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

    /// Adds the subscriber, or the subscribers, to which a topic's first word refers.
    @inline(never)
    func add(_ owner: UInt32) {
        if owner & SubscriptionTable.Word.shared == 0 {
            found.add(owner)
        } else if let groups = groups.pointee {
            found.add(groups[Int(owner & ~SubscriptionTable.Word.shared)].subscribers)
        }
    }
}
