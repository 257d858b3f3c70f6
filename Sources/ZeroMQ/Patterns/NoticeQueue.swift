/// XPUB: what its application has not yet been told of its peers' subscriptions, in order.
///
/// An application that keeps up gets every notice. For one that reads late the queue does not
/// grow with the number of changes: from a certain length on a topic waits once, and a
/// subscription whose cancellation follows is not told at all. So it is bounded by the topics
/// that peers may hold.
struct NoticeQueue {
    /// A change of one topic.
    struct Notice {
        let topic: Frame
        let isSubscribe: Bool
        /// The topic came into use, or went out of use; else a repetition.
        let isFirstOrLast: Bool
        /// The peer, where the application decides about each: then every notice counts.
        var pipe: SocketPipe?

        var message: Message {
            SubscriptionMessage(topic: topic, isSubscribe: isSubscribe).message
        }
    }

    /// As many as this wait as they came.
    private let longest: Int
    /// Those taken back are nil.
    private var notices: [Notice?] = []
    private var first = 0
    /// How many wait.
    private(set) var count = 0
    /// The newest notice of each topic, known once the queue has become long.
    private var newest: [Frame: Int] = [:]
    private var isLong = false

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ notice: Notice) {
        if !isLong, count >= longest { noteNewest() }
        if isLong, coalesce(notice) { return }
        if isLong { newest[notice.topic] = notices.count }
        notices.append(notice)
        count += 1
        if notices.count > 2 * count + 2 * longest { compact() }
    }

    /// Takes the oldest.
    mutating func popFirst() -> Notice? {
        while first < notices.count {
            let notice = notices[first]
            notices[first] = nil
            first += 1
            guard let notice else { continue }
            count -= 1
            if newest[notice.topic] == first - 1 { newest[notice.topic] = nil }
            if isEmpty { self = NoticeQueue(longest: longest) }
            return notice
        }
        return nil
    }

    /// Settles a notice against one of its topic that waits. True if nothing is left to be told.
    private mutating func coalesce(_ notice: Notice) -> Bool {
        guard notice.pipe == nil else { return false }
        // One peer of several gave a topic up, or one that it never had: of no weight, and endless.
        if !notice.isFirstOrLast, !notice.isSubscribe { return true }
        guard let index = newest[notice.topic], let waiting = notices[index],
            waiting.pipe == nil
        else { return false }
        if !waiting.isFirstOrLast {
            // A repetition that nobody has heard of is worth nothing beside what follows it.
            takeBack(index, notice.topic)
            return false
        }
        guard notice.isFirstOrLast, notice.isSubscribe != waiting.isSubscribe else { return true }
        takeBack(index, notice.topic)
        return true
    }

    private mutating func takeBack(_ index: Int, _ topic: Frame) {
        notices[index] = nil
        newest[topic] = nil
        count -= 1
    }

    private mutating func noteNewest() {
        isLong = true
        for index in first..<notices.count {
            if let notice = notices[index] { newest[notice.topic] = index }
        }
    }

    /// Closes the gaps that notices taken back have left.
    private mutating func compact() {
        notices = notices[first...].filter { $0 != nil }
        first = 0
        newest = [:]
        if isLong { noteNewest() }
    }
}
