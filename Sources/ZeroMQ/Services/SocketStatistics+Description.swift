extension SocketStatistics: CustomStringConvertible {
    /// One line for logs: what passed, what waits and, if there is any, what was dropped and why.
    public var description: String {
        var line = "\(messagesSent) sent, \(messagesReceived) received"
        line += ", \(messagesQueuedToSend) and \(messagesQueuedToReceive) waiting"
        line += ", \(bytesSent) and \(bytesReceived) bytes"
        line += ", \(peers) peers, \(reconnects) reconnects, \(subscriptions) subscriptions"
        guard !dropped.isEmpty else { return line }
        let causes = dropped.map { "\($0.value) \($0.key)" }.sorted()
        return line + ", dropped: " + causes.joined(separator: ", ")
    }
}

extension ProxyStatistics: CustomStringConvertible {
    /// One line for logs: what passed either way, and what nobody took.
    public var description: String {
        "to the backend \(toBackend) of \(fromFrontend), "
            + "to the frontend \(toFrontend) of \(fromBackend), \(rejected) rejected"
    }
}

extension ProxyStatistics.Count: CustomStringConvertible {
    /// Messages and bytes.
    public var description: String { "\(messages) messages (\(bytes) bytes)" }
}
