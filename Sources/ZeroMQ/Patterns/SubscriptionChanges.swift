/// The socket's changes of subscription that a connection has not been told of yet.
///
/// Every new connection is told all topics, so nothing is kept without a connection. If the peer
/// does not read, the list must not grow with the number of changes. So once it is long, each topic
/// waits at most once, and not at all if the peer already knows its final state. The length is
/// bounded by the topics that the peer was told of and those that it has yet to be told of.
struct SubscriptionChanges {
    /// One topic on which the peer is not up to date.
    private struct Entry {
        let topic: Frame
        /// What the peer will be told.
        var isSubscribe: Bool
        /// What the peer knows; nil if that is unknown.
        let known: Bool?
        /// Sent at the beginning of the connection, before messages that were sent earlier.
        var isOpening: Bool
    }

    private enum Phase {
        /// There is no connection.
        case disconnected
        /// The socket is about to name all its topics; changes before that are included in them.
        case unnamed
        case named
    }

    /// Up to this many changes wait unchanged, in addition to the topics named at the beginning.
    private let longest: Int
    private var named = 0
    private var phase = Phase.disconnected
    /// In order of arrival. Nil where an entry was cancelled out.
    private var entries: [Entry?] = []
    private var first = 0
    private(set) var count = 0
    /// The index of each waiting topic, kept once the list has become long.
    private var places: [Frame: Int] = [:]
    private var isLong = false
    /// Changes were moved into the stream of messages. They may not be written yet, and may then be
    /// sent on the next connection.
    private var areInStream = false

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 }

    /// A connection begins, and its peer knows nothing.
    mutating func connect() { begin(.unnamed) }

    mutating func disconnect() { begin(.disconnected) }

    private mutating func begin(_ phase: Phase) {
        let areInStream = areInStream
        self = SubscriptionChanges(longest: longest)
        (self.phase, self.areInStream) = (phase, areInStream)
    }

    /// Names all topics of the socket.
    ///
    /// May be called twice after quick reconnections; the second call keeps what the first has
    /// added. If older changes are still among the waiting messages, the topics are told again
    /// after those: one of the changes may be a cancellation that is out of date.
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

    /// Adds the change of one topic. A repetition changes nothing for a peer that knows the rest.
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

    /// Whether any change may be sent now: those named at the beginning of the connection always,
    /// others once the messages that were sent before them have been written.
    mutating func hasNext(messagesAreWritten: Bool) -> Bool {
        skipSettled()
        guard first < entries.count, let entry = entries[first] else { return false }
        return messagesAreWritten || entry.isOpening
    }

    /// Takes the oldest changes that may be sent now, up to about `limit` bytes of topics, but at
    /// least one if there is any.
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

    /// Takes all changes, to be sent as messages after those already sent.
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

    /// Updates what waits for a topic. Returns false if nothing waits.
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

    /// Rebuilds the list without gaps and with each topic once.
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
