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
        /// Belongs to the beginning of the connection, before messages that were sent earlier.
        var isOpening: Bool
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
    /// Some were given into the stream of messages. That may not have been written yet, and goes
    /// on with the next connection.
    private var areInStream = false

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 }

    /// A connection begins, whose peer knows nothing.
    mutating func connect() { begin(.unnamed) }

    mutating func disconnect() { begin(.disconnected) }

    private mutating func begin(_ phase: Phase) {
        let areInStream = areInStream
        self = SubscriptionChanges(longest: longest)
        (self.phase, self.areInStream) = (phase, areInStream)
    }

    /// These are all topics.
    ///
    /// May come twice in quick reconnections: what the first has begun is not undone then. Where
    /// older changes are still among the messages that wait, the topics are told once more behind
    /// those: one of the changes may be a cancellation that has been outlived.
    mutating func name(_ topics: [Frame]) {
        guard phase != .disconnected else { return }
        let isFirst = phase == .unnamed
        phase = .named
        named = areInStream ? 2 * topics.count : topics.count
        for topic in topics {
            add(
                Entry(
                    topic: topic,
                    isSubscribe: true,
                    known: isFirst ? false : nil,
                    isOpening: true
                )
            )
        }
        guard areInStream else { return }
        for topic in topics {
            add(Entry(topic: topic, isSubscribe: true, known: nil, isOpening: false))
        }
    }

    /// One topic has changed. A repetition says nothing new to whoever has heard the rest.
    mutating func append(_ change: SubscriptionMessage, isRepetition: Bool) {
        guard phase == .named else { return }
        let known = isRepetition ? nil : !change.isSubscribe
        add(
            Entry(
                topic: change.topic,
                isSubscribe: change.isSubscribe,
                known: known,
                isOpening: false
            )
        )
    }

    /// Whether there are some whose turn it is: those that the socket named at the beginning of the
    /// connection, and others once the messages that were sent before them have been written.
    mutating func hasNext(messagesAreWritten: Bool) -> Bool {
        skipSettled()
        guard first < entries.count, let entry = entries[first] else { return false }
        return messagesAreWritten || entry.isOpening
    }

    /// Takes the oldest whose turn it is, up to so many bytes of topics, and at least one if there
    /// are any.
    mutating func take(bytes limit: Int, messagesAreWritten: Bool = true) -> [SubscriptionMessage] {
        if messagesAreWritten { areInStream = false }
        var taken: [SubscriptionMessage] = []
        var bytes = 0
        while bytes < limit, hasNext(messagesAreWritten: messagesAreWritten),
            let entry = popFirst()
        {
            bytes += entry.topic.count + 16
            taken.append(SubscriptionMessage(topic: entry.topic, isSubscribe: entry.isSubscribe))
        }
        return taken
    }

    /// Takes all, to be sent as messages behind those that were sent before.
    mutating func takeForStream() -> [SubscriptionMessage] {
        let wereInStream = areInStream
        let taken = take(bytes: .max)
        areInStream = wereInStream || !taken.isEmpty
        return taken
    }

    private mutating func popFirst() -> Entry? {
        skipSettled()
        guard first < entries.count, let entry = entries[first] else { return nil }
        entries[first] = nil
        first += 1
        count -= 1
        if isLong { places[entry.topic] = nil }
        if isEmpty { forgetAll() }
        return entry
    }

    private mutating func skipSettled() {
        while first < entries.count, entries[first] == nil { first += 1 }
    }

    private mutating func forgetAll() {
        begin(phase)
    }

    // MARK: A long list

    private mutating func add(_ entry: Entry) {
        if !isLong, count >= longest + named { becomeLong() }
        if isLong, settle(entry) { return }
        if isLong { places[entry.topic] = entries.count }
        entries.append(entry)
        count += 1
        if entries.count > 2 * count + 2 * longest { rebuild() }
    }

    /// Changes what waits to be told of a topic. False if nothing waits.
    private mutating func settle(_ newer: Entry) -> Bool {
        guard let place = places[newer.topic], let entry = entries[place] else { return false }
        if entry.known == newer.isSubscribe {
            entries[place] = nil
            places[newer.topic] = nil
            count -= 1
        } else {
            entries[place]?.isSubscribe = newer.isSubscribe
            entries[place]?.isOpening = entry.isOpening && newer.isOpening
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
            if settle(entry) { continue }
            places[entry.topic] = entries.count
            entries.append(entry)
            count += 1
        }
    }
}
