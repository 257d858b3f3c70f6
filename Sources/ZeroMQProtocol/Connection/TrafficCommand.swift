/// The body of a command frame after the handshake, judged.
///
/// Ranges count from the start of the body. Nothing is copied and nothing is kept.
package enum TrafficCommand: Sendable, Equatable {
    /// A request for a PONG with the same context, of which at most 16 bytes are taken.
    case ping(ttlDeciseconds: UInt16, context: Range<Int>)
    /// The answer to a PING, with its context.
    case pong(context: Range<Int>)
    case subscribe(topic: Range<Int>)
    case cancel(topic: Range<Int>)
    /// A farewell: see `farewell(in:)`. libzmq skips it.
    case error
    /// Nothing that we know, or a body without a name; libzmq skips both, and so should we.
    case unknown
    /// A PING without room for its time to live, for which libzmq closes the connection.
    case malformed

    /// The most bytes that stand before a topic: the name SUBSCRIBE and its length.
    static let longestPrefix = 10
    /// The longest context that a PING may carry.
    package static let longestContext = 16

    /// Judges the body of one command frame.
    package static func parse(_ body: UnsafeRawBufferPointer) -> TrafficCommand {
        guard let command = Command(body) else { return .unknown }
        let data = body.count - command.data.count..<body.count
        if command.isNamed("PING") { return ping(body, data) }
        if command.isNamed("PONG") { return .pong(context: data) }
        if command.isNamed("SUBSCRIBE") { return .subscribe(topic: data) }
        if command.isNamed("CANCEL") { return .cancel(topic: data) }
        if command.isNamed("ERROR") { return .error }
        return .unknown
    }

    /// Why the peer is about to close, if it says so; for people.
    package static func farewell(in body: UnsafeRawBufferPointer) -> String? {
        guard let command = Command(body), command.isNamed("ERROR") else { return nil }
        var reader = ByteReader(command.data)
        guard let reason = reader.shortString(), !reason.isEmpty else { return nil }
        return Escaping.text(reason)
    }

    private static func ping(_ body: UnsafeRawBufferPointer, _ data: Range<Int>) -> TrafficCommand {
        guard data.count >= 2 else { return .malformed }
        let ttl = UInt16(body[data.lowerBound]) << 8 | UInt16(body[data.lowerBound + 1])
        let start = data.lowerBound + 2
        let end = min(data.upperBound, start + longestContext)
        return .ping(ttlDeciseconds: ttl, context: start..<end)
    }
}
