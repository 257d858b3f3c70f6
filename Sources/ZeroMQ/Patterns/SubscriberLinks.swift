/// Who wants what: each pair of a topic and a subscriber, listed with both of its ends.
///
/// Asking for a pair, adding it and taking it out cost the same however popular the topic and
/// however greedy the subscriber.
struct SubscriberLinks: ~Copyable {
    private struct Link {
        var topic: UInt32
        var subscriber: UInt32
        /// The neighbours among the topic's links, and among the subscriber's: numbers plus one.
        var nextOfTopic: UInt32 = 0
        var previousOfTopic: UInt32 = 0
        var nextOfSubscriber: UInt32 = 0
        var previousOfSubscriber: UInt32 = 0
    }

    private let seed: UInt64
    private var links: [Link] = []
    private var free: [UInt32] = []
    private var table = SlotTable()
    /// The first link of each topic and of each subscriber: numbers plus one.
    private var firstOfTopic: [UInt32] = []
    private var firstOfSubscriber: [UInt32] = []

    init(seed: UInt64 = .random(in: .min ... .max)) { self.seed = seed }

    var count: Int { table.count }

    private func hash(_ topic: Int, _ subscriber: Int) -> UInt32 {
        PrefixHasher.hash(UInt64(topic) << 32 | UInt64(subscriber), seed: seed)
    }

    private func find(_ topic: Int, _ subscriber: Int) -> Int? {
        table.find(hash: hash(topic, subscriber)) {
            links[$0].topic == UInt32(topic) && links[$0].subscriber == UInt32(subscriber)
        }
    }

    func contains(_ topic: Int, _ subscriber: Int) -> Bool { find(topic, subscriber) != nil }

    /// Whether anybody wants the topic.
    func isWanted(_ topic: Int) -> Bool { topic < firstOfTopic.count && firstOfTopic[topic] != 0 }

    /// Some topic of a subscriber.
    func anyTopic(of subscriber: Int) -> Int? {
        guard subscriber < firstOfSubscriber.count, firstOfSubscriber[subscriber] != 0 else {
            return nil
        }
        return Int(links[Int(firstOfSubscriber[subscriber]) - 1].topic)
    }

    /// Calls `body` with each subscriber of a topic.
    @inline(__always)
    func forEachSubscriber(of topic: Int, _ body: (Int) -> Void) {
        var next = firstOfTopic[topic]
        while next != 0 {
            let link = links[Int(next) - 1]
            body(Int(link.subscriber))
            next = link.nextOfTopic
        }
    }

    /// Adds a pair that is not there.
    mutating func insert(_ topic: Int, _ subscriber: Int) {
        Self.extend(&firstOfTopic, to: topic)
        Self.extend(&firstOfSubscriber, to: subscriber)
        var link = Link(topic: UInt32(topic), subscriber: UInt32(subscriber))
        link.nextOfTopic = firstOfTopic[topic]
        link.nextOfSubscriber = firstOfSubscriber[subscriber]
        let number = free.popLast().map(Int.init) ?? links.count
        if number < links.count { links[number] = link } else { links.append(link) }
        let name = UInt32(number + 1)
        if link.nextOfTopic != 0 { links[Int(link.nextOfTopic) - 1].previousOfTopic = name }
        if link.nextOfSubscriber != 0 {
            links[Int(link.nextOfSubscriber) - 1].previousOfSubscriber = name
        }
        firstOfTopic[topic] = name
        firstOfSubscriber[subscriber] = name
        table.insert(number, hash: hash(topic, subscriber))
    }

    private static func extend(_ heads: inout [UInt32], to index: Int) {
        while heads.count <= index { heads.append(0) }
    }

    /// Takes a pair out. False if it was not there.
    mutating func remove(_ topic: Int, _ subscriber: Int) -> Bool {
        guard let number = find(topic, subscriber) else { return false }
        table.remove(number, hash: hash(topic, subscriber))
        let link = links[number]
        if link.nextOfTopic != 0 {
            links[Int(link.nextOfTopic) - 1].previousOfTopic = link.previousOfTopic
        }
        if link.nextOfSubscriber != 0 {
            links[Int(link.nextOfSubscriber) - 1].previousOfSubscriber = link.previousOfSubscriber
        }
        if link.previousOfTopic != 0 {
            links[Int(link.previousOfTopic) - 1].nextOfTopic = link.nextOfTopic
        } else {
            firstOfTopic[topic] = link.nextOfTopic
        }
        if link.previousOfSubscriber != 0 {
            links[Int(link.previousOfSubscriber) - 1].nextOfSubscriber = link.nextOfSubscriber
        } else {
            firstOfSubscriber[subscriber] = link.nextOfSubscriber
        }
        free.append(UInt32(number))
        if table.count == 0 { self = SubscriberLinks(seed: seed) }
        return true
    }
}
