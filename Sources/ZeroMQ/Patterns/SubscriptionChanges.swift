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
    /// The question that goes out after the changes that were waiting when it was asked.
    private var marker: Marker?
    private(set) var inquiry = SubscriptionInquiry()

    /// The place of a question among the changes.
    private struct Marker {
        let number: UInt64
        /// Every entry before this index goes out first.
        var place: Int
        /// Changes moved into the stream of messages: this many messages have to be written first.
        /// Nil: all that were sent.
        var messages: UInt64?
    }

    init(longest: Int = 1000) { self.longest = longest }

    var isEmpty: Bool { count == 0 && marker == nil }

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

    /// Takes all changes, to be sent as messages after the `sent` messages already sent.
    mutating func takeForStream(after sent: UInt64 = 0) -> [SubscriptionMessage] {
        let wereInStream = areInStream
        let taken = take(bytes: .max)
        areInStream = wereInStream || !taken.isEmpty
        // Later messages may keep the stream from ever becoming empty.
        if marker?.messages == nil { marker?.messages = sent + UInt64(taken.count) }
        return taken
    }

    private mutating func popFirst() -> Entry? {
        skipSettled()
        guard first < entries.count, let entry = entries[first] else { return nil }
        entries[first] = nil
        first += 1
        count -= 1
        if isLong { places[entry.topic] = nil }
        if count == 0 { forgetAll() }
        return entry
    }

    private mutating func skipSettled() {
        while first < entries.count, entries[first] == nil { first += 1 }
    }

    private mutating func forgetAll() {
        let (marker, inquiry) = (marker, inquiry)
        begin(phase)
        (self.marker, self.inquiry) = (marker, inquiry)
        self.marker?.place = 0
    }

    // MARK: Asking the peer

    /// Asks the peer, after all changes so far, whether it has applied them. Replaces a question
    /// that has not gone out yet: the answer to a later one answers the earlier ones.
    mutating func ask(_ number: UInt64) {
        guard phase == .named else { return }
        marker = Marker(number: number, place: entries.count, messages: nil)
    }

    /// Whether a question waits for changes or messages to be written.
    var isAsking: Bool { marker != nil }

    /// Whether all that goes before the question is written; `written` messages are.
    mutating func hasQuestion(messagesAreWritten: Bool, written: UInt64) -> Bool {
        skipSettled()
        guard let marker, first >= marker.place else { return false }
        // The stream may be empty because what was moved there has not been published yet.
        return marker.messages.map { $0 <= written } ?? messagesAreWritten
    }

    /// Takes the number of the question, if it may be sent now.
    mutating func takeQuestion(messagesAreWritten: Bool, written: UInt64) -> UInt64? {
        guard hasQuestion(messagesAreWritten: messagesAreWritten, written: written),
            let number = marker.take()?.number
        else { return nil }
        inquiry.asked(number)
        return number
    }

    mutating func answered(_ context: UInt64, isExact: Bool) -> SubscriptionInquiry.Step? {
        inquiry.answered(context, isExact: isExact)
    }

    /// The peer cannot be asked: what it was sent is all that there is to know.
    mutating func settleInquiry() { inquiry.settle() }

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
        let old = entries[first...]
        let markedPlace = marker?.place ?? 0
        (entries, first, count, places) = ([], 0, 0, [:])
        marker?.place = 0
        for index in old.indices {
            guard let entry = old[index], !settle(entry) else { continue }
            places[entry.topic] = entries.count
            entries.append(entry)
            count += 1
            if index < markedPlace { marker?.place = entries.count }
        }
    }
}
