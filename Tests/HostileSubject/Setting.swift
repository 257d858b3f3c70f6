import ZeroMQ

/// What kind of socket is tested, and which of its settings are not at their defaults.
///
/// Travels as words on the command line.
struct Setting {
    enum Kind: String {
        case pull, publisher, xPublisher, router, push, subscriber, dealer
        case pair, request, reply, xSubscriber
    }

    var kind: Kind
    /// The numbers of settings that differ from the default.
    private var numbers: [Key: Int] = [:]

    /// Settings a row may ask for. Times are milliseconds.
    enum Key: String, CaseIterable {
        case receiveMark, frameLimit, messageLimit, handshakeTimeout, sendBuffer
        case unfinished, handover, firstPause, lastPause
        case heartbeatInterval, heartbeatTimeout
        /// A number of `SubjectSecurity`.
        case security
    }

    init(_ kind: Kind, _ numbers: [Key: Int] = [:]) {
        self.kind = kind
        self.numbers = numbers
    }

    init?(words: some Collection<String>) {
        guard let first = words.first, let kind = Kind(rawValue: first) else { return nil }
        self.kind = kind
        for word in words.dropFirst() {
            let parts = word.split(separator: "=")
            guard parts.count == 2, let key = Key(rawValue: String(parts[0])),
                let number = Int(parts[1])
            else { return nil }
            numbers[key] = number
        }
    }

    var words: [String] { [kind.rawValue] + numbers.map { "\($0.key.rawValue)=\($0.value)" } }

    subscript(key: Key) -> Int? { numbers[key] }

    var security: SubjectSecurity? { self[.security].flatMap(SubjectSecurity.init) }

    /// The options that bind and connect shall copy.
    var options: SocketOptions {
        var options = SocketOptions()
        if let limit = self[.frameLimit] { options.maximumFrameSize = .count(limit) }
        if let limit = self[.messageLimit] { options.maximumMessageSize = .count(limit) }
        if let limit = self[.handshakeTimeout] { options.handshakeTimeout = .milliseconds(limit) }
        if let limit = self[.unfinished] { options.maximumUnfinishedHandshakes = limit }
        if let first = self[.firstPause], let last = self[.lastPause] {
            options.reconnect = .backoff(from: .milliseconds(first), upTo: .milliseconds(last))
        }
        if let interval = self[.heartbeatInterval], let timeout = self[.heartbeatTimeout] {
            options.heartbeat = Heartbeat(
                interval: .milliseconds(interval),
                timeout: .milliseconds(timeout)
            )
        }
        security?.apply(to: &options)
        options.sendBufferSize = self[.sendBuffer]
        return options
    }
}
