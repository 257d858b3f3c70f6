/// What a connection has not been told yet of the subscriptions of its socket.
///
/// Every new connection is told all topics, so there is nothing to keep while there is none. A
/// peer that does not read must not make this grow with the number of changes either: from a
/// certain length on a topic waits once, and not at all if it ends as the peer knows it. So the
/// length is bounded by the topics that the peer has been told and those it is to be told.
struct SubscriptionChanges {
    /// One topic on which the peer is behind.
    private struct Entry {
        let topic: Frame
        /// What the peer is to be told.
        var isSubscribe: Bool
        /// What the peer knows; nil if that cannot be said.
        let known: Bool?
    }

    private enum Phase {
        /// There is nobody to be told.
        case disconnected
        /// The socket is going to name all its topics; what changes before that is among them.
        case unnamed
        case named
    }

    /// So many wait as they came, besides those with which the socket named all its topics.
    private let longest: Int
    private var named = 0
    private var phase = Phase.disconnected
    /// In order of arrival. Those settled are nil.
    private var entries: [Entry?] = []
    private var first = 0
    private(set) var count = 0
    /// Where each topic waits, known once the list has become long.
    private var places: [Frame: Int] = [:]
    private var isLong = false

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 }

    /// A connection begins, whose peer knows nothing.
    mutating func connect() {
        self = SubscriptionChanges(longest: longest)
        phase = .unnamed
    }

    mutating func disconnect() { self = SubscriptionChanges(longest: longest) }

    /// These are all topics.
    ///
    /// May come twice in quick reconnections: what the first has begun is not undone then.
    mutating func name(_ topics: [Frame]) {
        guard phase != .disconnected else { return }
        let isFirst = phase == .unnamed
        phase = .named
        named = topics.count
        for topic in topics { add(topic, isSubscribe: true, known: isFirst ? false : nil) }
    }

    /// One topic has changed. A repetition says nothing new to whoever has heard the rest.
    mutating func append(_ change: SubscriptionMessage, isRepetition: Bool) {
        guard phase == .named else { return }
        let known = isRepetition ? nil : !change.isSubscribe
        add(change.topic, isSubscribe: change.isSubscribe, known: known)
    }

    /// Takes the oldest, up to so many bytes of topics, and at least one if there are any.
    mutating func take(bytes limit: Int) -> [SubscriptionMessage] {
        var taken: [SubscriptionMessage] = []
        var bytes = 0
        while bytes < limit, let entry = popFirst() {
            bytes += entry.topic.count + 16
            taken.append(SubscriptionMessage(topic: entry.topic, isSubscribe: entry.isSubscribe))
        }
        return taken
    }

    private mutating func popFirst() -> Entry? {
        while first < entries.count {
            let entry = entries[first]
            entries[first] = nil
            first += 1
            guard let entry else { continue }
            count -= 1
            if isLong { places[entry.topic] = nil }
            if isEmpty { forgetAll() }
            return entry
        }
        return nil
    }

    private mutating func forgetAll() {
        let phase = phase
        self = SubscriptionChanges(longest: longest)
        self.phase = phase
    }

    // MARK: A long list

    private mutating func add(_ topic: Frame, isSubscribe: Bool, known: Bool?) {
        if !isLong, count >= longest + named { becomeLong() }
        if isLong, settle(topic, isSubscribe: isSubscribe) { return }
        if isLong { places[topic] = entries.count }
        entries.append(Entry(topic: topic, isSubscribe: isSubscribe, known: known))
        count += 1
        if entries.count > 2 * count + 2 * longest { rebuild() }
    }

    /// Changes what waits to be told of a topic. False if nothing waits.
    private mutating func settle(_ topic: Frame, isSubscribe: Bool) -> Bool {
        guard let place = places[topic], let entry = entries[place] else { return false }
        if entry.known == isSubscribe {
            entries[place] = nil
            places[topic] = nil
            count -= 1
        } else {
            entries[place]?.isSubscribe = isSubscribe
        }
        return true
    }

    private mutating func becomeLong() {
        isLong = true
        rebuild()
    }

    /// Makes the list anew, without gaps and with each topic once.
    private mutating func rebuild() {
        let old = entries[first...].compactMap(\.self)
        (entries, first, count, places) = ([], 0, 0, [:])
        for entry in old {
            if settle(entry.topic, isSubscribe: entry.isSubscribe) { continue }
            places[entry.topic] = entries.count
            entries.append(entry)
            count += 1
        }
    }
}
