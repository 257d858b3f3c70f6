extension SocketOptions {
    /// Throws unless every option can take effect; the error names the first that cannot.
    func validate() throws(ZeroMQError) {
        try validateRoutingIDs()
        try validateConnecting()
        try validateCounts()
        try validateKeepAlive()
        try validateDevice()
        try validateUnfinished()
    }

    /// Options that are part of the interface and have no effect yet: silence would mislead.
    private func validateUnfinished() throws(ZeroMQError) {
        if keepsOnlyLatest { throw OptionCheck.missing("keepsOnlyLatest") }
        if queuesOnlyToConnectedPeers {
            throw OptionCheck.missing("queuesOnlyToConnectedPeers")
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
        guard case .backoff(let first, let last) = reconnect else { return }
        try OptionCheck.duration(first, "reconnect.backoff(from:)")
        try OptionCheck.duration(last, "reconnect.backoff(upTo:)")
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
        try OptionCheck.limit(maximumMessageSize, "maximumMessageSize")
        try OptionCheck.limit(maximumFrameSize, "maximumFrameSize")
    }

    private func validateKeepAlive() throws(ZeroMQError) {
        let longest = Duration.seconds(32_767)
        try OptionCheck.duration(tcpKeepAlive.idle, "tcpKeepAlive.idle", upTo: longest)
        try OptionCheck.duration(tcpKeepAlive.interval, "tcpKeepAlive.interval", upTo: longest)
        try OptionCheck.number(tcpKeepAlive.count, "tcpKeepAlive.count", 1...127)
    }

    private func validateDevice() throws(ZeroMQError) {
        guard let octets = bindToDevice?.utf8 else { return }
        guard (1...15).contains(octets.count), !octets.contains(0) else {
            throw OptionCheck.refusal(
                "bindToDevice",
                quoted(bindToDevice ?? ""),
                "the name of an interface, 1 to 15 octets and none of them zero"
            )
        }
    }
}

/// The questions that `validate` asks of many options.
private enum OptionCheck {
    static let positive = 1...Int(Int32.max)
    static let longestDuration = Duration.milliseconds(Int32.max)

    static func refusal(_ option: String, _ value: String, _ wanted: String) -> ZeroMQError {
        ZeroMQError(.invalidOption, "the option \(option) is \(value); it takes \(wanted)")
    }

    static func missing(_ option: String) -> ZeroMQError {
        ZeroMQError(
            .invalidOption,
            "the option \(option) is true; this version only knows false",
            hint: "it is planned, and refused until then so that nobody relies on it"
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

    static func routingID(_ octets: [UInt8], _ option: String) throws(ZeroMQError) {
        if !(1...255).contains(octets.count) {
            throw refusal(option, "\(octets.count) octets long", "1 to 255")
        }
        if octets[0] == 0 {
            // RFC 37 keeps these for the names that a ROUTER makes up itself.
            throw refusal(option, "a name that begins with a zero octet", "any other first octet")
        }
    }
}
