/// The frames we send between messages: heartbeats and subscriptions.
package enum CommandEncoding {
    /// The greatest time to live that is ever sent, 65.5 s.
    ///
    /// libzmq multiplies it by 100 in 16 bits, so that anything above closes the connection.
    package static let greatestTimeToLive: UInt16 = 655

    /// An ERROR that tells a peer why the connection ends.
    package static func farewell(saying reason: String) -> [UInt8] {
        HandshakeCommand.error(saying: reason)
    }

    /// A PONG with the context of the PING that it answers.
    package static func pong(context: UnsafeRawBufferPointer) -> [UInt8] {
        Command.encode("PONG", data: context.prefix(TrafficCommand.longestContext))
    }

    /// A PING; a time to live of zero is none.
    package static func ping(ttl: UInt16, context: UnsafeRawBufferPointer) -> [UInt8] {
        var data: [UInt8] = []
        data.appendBigEndian(min(ttl, greatestTimeToLive))
        data.append(contentsOf: context.prefix(TrafficCommand.longestContext))
        return Command.encode("PING", data: data)
    }

    /// Appends a subscription or its cancellation, in the form that the peer's version demands.
    package static func subscription(
        topic: UnsafeRawBufferPointer,
        subscribe: Bool,
        version: ProtocolVersion,
        into bytes: inout [UInt8]
    ) {
        if version >= .zmtp31 {
            let name: StaticString = subscribe ? "SUBSCRIBE" : "CANCEL"
            bytes.appendFrameHeader(.command, body: 1 + name.utf8CodeUnitCount + topic.count)
            bytes.appendName(name)
        } else {
            bytes.appendFrameHeader([], body: 1 + topic.count)
            bytes.append(subscribe ? 1 : 0)
        }
        bytes.append(contentsOf: topic)
    }
}
