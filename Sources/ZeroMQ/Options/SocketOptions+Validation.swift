internal import ZeroMQProtocol

extension SocketOptions {
    /// Throws unless every option can take effect; the error names the first that cannot.
    func validate(for kind: SocketKind? = nil) throws(ZeroMQError) {
        try validateRoutingIDs()
        try validateConnecting()
        try validateCounts()
        try validateKeepAlive()
        try validateDevice()
        try validateCongestionControl()
        try validateHeartbeat()
        try validateMetadata()
        try validateProxy()
        try validateSecurity()
        if let kind { try validateFit(kind) }
    }

    /// Options that only some types of sockets know.
    private func validateFit(_ kind: SocketKind) throws(ZeroMQError) {
        let talkers: Set<SocketKind> = [.dealer, .router, .pair]
        let probing: Set<SocketKind> = [.request, .dealer, .router]
        let conflating: Set<SocketKind> = [.push, .pull, .publisher, .subscriber, .dealer]
        if keepsOnlyLatest, !conflating.contains(kind) {
            throw OptionCheck.unfit("keepsOnlyLatest", kind)
        }
        if connectRoutingID != nil, kind != .router, kind != .stream {
            throw OptionCheck.unfit("connectRoutingID", kind)
        }
        if !notifiesStream, kind != .stream {
            throw OptionCheck.unfit("notifiesStream", kind)
        }
        if !routerNotices.isEmpty, kind != .router {
            throw OptionCheck.unfit("routerNotices", kind)
        }
        if helloMessage != nil, !talkers.union([.push]).contains(kind) {
            throw OptionCheck.unfit("helloMessage", kind)
        }
        if disconnectMessage != nil, !talkers.union([.pull]).contains(kind) {
            throw OptionCheck.unfit("disconnectMessage", kind)
        }
        if hiccupMessage != nil, !talkers.union([.pull]).contains(kind) {
            throw OptionCheck.unfit("hiccupMessage", kind)
        }
        if probesRouter, !probing.contains(kind) {
            throw OptionCheck.unfit("probesRouter", kind)
        }
    }

    private func validateHeartbeat() throws(ZeroMQError) {
        guard let heartbeat else { return }
        try OptionCheck.duration(heartbeat.interval, "heartbeat.interval")
        try OptionCheck.duration(heartbeat.timeout, "heartbeat.timeout")
        guard let timeToLive = heartbeat.timeToLive else { return }
        guard timeToLive >= .milliseconds(100), timeToLive <= .milliseconds(65_500) else {
            throw OptionCheck.refusal(
                "heartbeat.timeToLive",
                "\(timeToLive)",
                "0.1 to 65.5 seconds"
            )
        }
    }

    private func validateMetadata() throws(ZeroMQError) {
        for (name, value) in applicationMetadata {
            guard name.utf8.starts(with: "X-".utf8), (3...255).contains(name.utf8.count) else {
                throw OptionCheck.refusal(
                    "applicationMetadata",
                    "a property named \(quoted(name))",
                    "names that begin with X- and have 3 to 255 bytes"
                )
            }
            guard !value.isEmpty else {
                throw OptionCheck.refusal(
                    "applicationMetadata",
                    "an empty value for \(quoted(name))",
                    "values of at least one byte"
                )
            }
        }
        let bytes = applicationMetadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.count + 5 }
        if applicationMetadata.count > 60 || bytes > 32_768 {
            throw OptionCheck.refusal(
                "applicationMetadata",
                "\(applicationMetadata.count) properties of \(bytes) bytes",
                "at most 60 properties, of 32,768 bytes together"
            )
        }
    }

    private func validateProxy() throws(ZeroMQError) {
        guard let socksProxy else { return }
        guard !socksProxy.host.isEmpty, socksProxy.port > 0 else {
            throw OptionCheck.refusal("socksProxy", "without a host or port", "both")
        }
        let name = socksProxy.username.map(\.utf8.count) ?? 1
        let password = socksProxy.password.map(\.utf8.count) ?? 0
        guard (1...255).contains(name), password <= 255 else {
            throw OptionCheck.refusal(
                "socksProxy",
                "a name of \(name) and a password of \(password) bytes",
                "a name of 1 to 255 bytes and a password of at most 255"
            )
        }
    }

    private func validateRoutingIDs() throws(ZeroMQError) {
        if !routingID.isEmpty {
            try OptionCheck.routingID(routingID, "routingID")
        }
        if let connectRoutingID {
            try OptionCheck.routingID(connectRoutingID, "connectRoutingID")
        }
    }

    private func validateConnecting() throws(ZeroMQError) {
        try OptionCheck.duration(connectTimeout, "connectTimeout")
        try OptionCheck.duration(handshakeTimeout, "handshakeTimeout")
        try OptionCheck.duration(tcpMaxRetransmit, "tcpMaxRetransmit")
        guard case .backoff(let first, let last, let afterRefusal) = reconnect else { return }
        try OptionCheck.duration(first, "reconnect.backoff(from:)")
        try OptionCheck.duration(last, "reconnect.backoff(upTo:)")
        try OptionCheck.duration(afterRefusal, "reconnect.backoff(afterRefusal:)")
        if first > last {
            throw OptionCheck.refusal(
                "reconnect",
                "\(first) up to \(last)",
                "a first pause no longer than the last"
            )
        }
    }

    private func validateCounts() throws(ZeroMQError) {
        try OptionCheck.number(backlog, "backlog", OptionCheck.positive)
        try OptionCheck.number(
            maximumUnfinishedHandshakes,
            "maximumUnfinishedHandshakes",
            OptionCheck.positive
        )
        try OptionCheck.number(sendBufferSize, "sendBufferSize", OptionCheck.positive)
        try OptionCheck.number(receiveBufferSize, "receiveBufferSize", OptionCheck.positive)
        try OptionCheck.number(typeOfService, "typeOfService", 0...255)
        try OptionCheck.number(packetPriority, "packetPriority", 0...6)
        if let busyPoll, busyPoll < .microseconds(1) || busyPoll > .seconds(1) {
            throw OptionCheck.refusal("busyPoll", "\(busyPoll)", "1 µs to 1 s, or nil")
        }
        if let listeningDescriptor, listeningDescriptor < 0 {
            throw OptionCheck.refusal("listeningDescriptor", "\(listeningDescriptor)", "0 or more")
        }
        try OptionCheck.limit(maximumMessageSize, "maximumMessageSize")
        try OptionCheck.limit(maximumFrameSize, "maximumFrameSize")
        if case .count(let parts) = maximumMessageParts, parts < 1 {
            throw OptionCheck.refusal("maximumMessageParts", "\(parts)", "1 or more, or .unlimited")
        }
    }

    private func validateKeepAlive() throws(ZeroMQError) {
        let longest = Duration.seconds(32_767)
        try OptionCheck.duration(tcpKeepAlive.idle, "tcpKeepAlive.idle", upTo: longest)
        try OptionCheck.duration(tcpKeepAlive.interval, "tcpKeepAlive.interval", upTo: longest)
        try OptionCheck.number(tcpKeepAlive.count, "tcpKeepAlive.count", 1...127)
    }

    private func validateSecurity() throws(ZeroMQError) {
        let longest = 255
        guard authenticationDomain.utf8.count <= longest else {
            throw OptionCheck.refusal(
                "authenticationDomain",
                "\(authenticationDomain.utf8.count) bytes long",
                "at most \(longest)"
            )
        }
        guard case .plainClient(let user, let password) = security.role else { return }
        guard max(user.count, password.count) <= longest else {
            throw OptionCheck.refusal(
                "security",
                "a PLAIN client whose name or password is too long",
                "at most \(longest) bytes for each"
            )
        }
    }

    private func validateCongestionControl() throws(ZeroMQError) {
        guard let wanted = congestionControl.refusal else { return }
        let name = quoted(congestionControl.name ?? "")
        throw OptionCheck.refusal("congestionControl", name, wanted)
    }

    private func validateDevice() throws(ZeroMQError) {
        guard let bytes = bindToDevice?.utf8 else { return }
        guard (1...15).contains(bytes.count), !bytes.contains(0) else {
            throw OptionCheck.refusal(
                "bindToDevice",
                quoted(bindToDevice ?? ""),
                "the name of an interface, 1 to 15 bytes and none of them zero"
            )
        }
    }
}

extension SocketLife {
    /// Throws unless the high-water marks can take effect.
    func validateMarks() throws(ZeroMQError) {
        try OptionCheck.limit(sendHighWaterMark, "sendHighWaterMark")
        try OptionCheck.limit(receiveHighWaterMark, "receiveHighWaterMark")
    }
}

/// The questions that `validate` asks of many options.
private enum OptionCheck {
    static let positive = 1...Int(Int32.max)
    static let longestDuration = Duration.milliseconds(Int32.max)

    static func refusal(_ option: String, _ value: String, _ wanted: String) -> ZeroMQError {
        ZeroMQError(.invalidOption, "the option \(option) is \(value); it takes \(wanted)")
    }

    static func unfit(_ option: String, _ kind: SocketKind) -> ZeroMQError {
        ZeroMQError(
            .invalidOption,
            "the option \(option) is set, and means nothing to a \(kind.wireName) socket"
        )
    }

    static func number(
        _ value: Int?,
        _ option: String,
        _ range: ClosedRange<Int>
    ) throws(ZeroMQError) {
        guard let value, !range.contains(value) else { return }
        throw refusal(option, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
    }

    static func limit(_ limit: Limit, _ option: String) throws(ZeroMQError) {
        guard case .count(let count) = limit, count < 0 else { return }
        throw refusal(option, "\(count)", "0 or more, or .unlimited")
    }

    static func duration(
        _ value: Duration?,
        _ option: String,
        upTo longest: Duration = longestDuration
    ) throws(ZeroMQError) {
        let shortest = Duration.milliseconds(1)
        guard let value, value < shortest || value > longest else { return }
        throw refusal(option, "\(value)", "\(shortest) to \(longest), or nil where allowed")
    }

    static func routingID(_ bytes: Frame, _ option: String) throws(ZeroMQError) {
        if !(1...255).contains(bytes.count) {
            throw refusal(option, "\(bytes.count) bytes long", "1 to 255")
        }
        if bytes.first == 0 {
            // RFC 37 keeps these for the names that a ROUTER makes up itself.
            throw refusal(option, "a name that begins with a zero byte", "any other first byte")
        }
    }
}
