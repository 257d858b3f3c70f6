internal import ZeroMQReactor

/// Topics with several subscribers: each pair of a topic and a subscriber is linked into the list
/// of either.
///
/// Finding, adding and removing a pair costs the same, however many subscribers the topic has or
/// topics the subscriber has. Topics have numbers of their own here.
struct SubscriberLinks: ~Copyable {
    private struct Link: BitwiseCopyable {
        var topic: UInt32
        var subscriber: UInt32
        /// The subscriber's index among those of the topic.
        var place: UInt32
        /// The neighbours in the subscriber's list of links: numbers plus one.
        var next: UInt32 = 0
        var previous: UInt32 = 0
    }

    /// A topic's subscribers, side by side for matching.
    struct Group: BitwiseCopyable {
        /// The topic's number in the owner's table; for an unused entry, the next unused one plus
        /// one.
        fileprivate var name: UInt32
        fileprivate var count: UInt32 = 0
        fileprivate var capacity: UInt32 = 0
        fileprivate var members: UnsafeMutablePointer<UInt32>?

        @inline(__always)
        var subscribers: UnsafeBufferPointer<UInt32> {
            UnsafeBufferPointer(start: members, count: Int(count))
        }
    }

    private let seed: UInt64
    private var links = PlainArray<Link>()
    private var free = PlainArray<UInt32>()
    private var table = SlotTable()
    private var groups = PlainArray<Group>()
    private var firstFreeGroup: UInt32 = 0
    /// The first link of each subscriber: its number plus one.
    private var firstOfSubscriber = PlainArray<UInt32>()

    init(seed: UInt64 = KernelDice.roll()) { self.seed = seed }

    deinit { for group in groups.elements { group.members?.deallocate() } }

    /// How many pairs there are.
    var count: Int { table.count }

    private func hash(_ topic: UInt32, _ subscriber: UInt32) -> UInt32 {
        NumberHasher.hash(UInt64(topic) << 32 | UInt64(subscriber), seed: seed)
    }

    private func find(_ topic: UInt32, _ subscriber: UInt32) -> Int? {
        table.find(hash: hash(topic, subscriber)) {
            links[$0].topic == topic && links[$0].subscriber == subscriber
        }
    }

    func contains(_ topic: UInt32, _ subscriber: UInt32) -> Bool { find(topic, subscriber) != nil }

    /// The subscribers of each topic; valid until the next change.
    var view: UnsafePointer<Group>? { UnsafePointer(groups.elements.baseAddress) }

    /// Any topic of a subscriber, with its number in the owner's table.
    func anyTopic(of subscriber: UInt32) -> (number: UInt32, name: UInt32)? {
        guard subscriber < firstOfSubscriber.count else { return nil }
        let first = firstOfSubscriber[Int(subscriber)]
        guard first != 0 else { return nil }
        let number = links[Int(first) - 1].topic
        return (number, groups[Int(number)].name)
    }

    // MARK: Topics

    /// Adds a topic, and returns its number here.
    mutating func insertTopic(_ name: UInt32) -> UInt32 {
        guard firstFreeGroup != 0 else {
            groups.append(Group(name: name))
            return UInt32(groups.count - 1)
        }
        let number = firstFreeGroup - 1
        firstFreeGroup = groups[Int(number)].name
        groups[Int(number)] = Group(name: name)
        return number
    }

    /// Removes a topic that has no subscribers left.
    private mutating func removeTopic(_ number: UInt32) {
        groups[Int(number)].members?.deallocate()
        groups[Int(number)] = Group(name: firstFreeGroup)
        firstFreeGroup = number + 1
        guard table.count == 0 else { return }
        links.removeAll()
        free.removeAll()
        groups.removeAll()
        firstFreeGroup = 0
    }

    // MARK: Pairs

    /// Adds a pair that is not in the table.
    mutating func insert(_ topic: UInt32, _ subscriber: UInt32) {
        firstOfSubscriber.extend(to: Int(subscriber) + 1, with: 0)
        let next = firstOfSubscriber[Int(subscriber)]
        let place = append(subscriber, to: topic)
        let link = Link(topic: topic, subscriber: subscriber, place: place, next: next)
        let number = free.popLast().map(Int.init) ?? links.count
        if number < links.count { links[number] = link } else { links.append(link) }
        if next != 0 { links.change(Int(next) - 1) { $0.previous = UInt32(number + 1) } }
        firstOfSubscriber[Int(subscriber)] = UInt32(number + 1)
        table.insert(number, hash: hash(topic, subscriber))
    }

    private func append(_ subscriber: UInt32, to topic: UInt32) -> UInt32 {
        var group = groups[Int(topic)]
        if group.count == group.capacity { resize(&group, max(4, 2 * group.capacity)) }
        group.members.unsafelyUnwrapped[Int(group.count)] = subscriber
        group.count += 1
        groups[Int(topic)] = group
        return group.count - 1
    }

    private func resize(_ group: inout Group, _ capacity: UInt32) {
        let fresh = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(capacity))
        if let old = group.members {
            fresh.update(from: old, count: Int(group.count))
            old.deallocate()
        }
        (group.members, group.capacity) = (fresh, capacity)
    }

    /// Removes a pair, and the topic with its last pair. Returns nil if the pair was not there,
    /// otherwise whether the topic still has subscribers.
    mutating func remove(_ topic: UInt32, _ subscriber: UInt32) -> Bool? {
        guard let number = find(topic, subscriber) else { return nil }
        table.remove(number, hash: hash(topic, subscriber))
        let link = links[number]
        if link.next != 0 { links.change(Int(link.next) - 1) { $0.previous = link.previous } }
        if link.previous != 0 {
            links.change(Int(link.previous) - 1) { $0.next = link.next }
        } else {
            firstOfSubscriber[Int(subscriber)] = link.next
        }
        free.append(UInt32(number))
        removeMember(at: link.place, of: topic)
        guard groups[Int(topic)].count == 0 else { return true }
        removeTopic(topic)
        return false
    }

    /// Moves the topic's last subscriber to the place of a removed one.
    private func removeMember(at place: UInt32, of topic: UInt32) {
        var group = groups[Int(topic)]
        group.count -= 1
        let last = group.members.unsafelyUnwrapped[Int(group.count)]
        if place != group.count, let link = find(topic, last) {
            group.members.unsafelyUnwrapped[Int(place)] = last
            links.change(link) { $0.place = place }
        }
        if group.capacity > 4, group.count < group.capacity / 4 {
            resize(&group, group.capacity / 2)
        }
        groups[Int(topic)] = group
    }
}
