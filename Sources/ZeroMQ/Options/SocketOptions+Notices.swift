internal import ZeroMQProtocol

/// Messages that a connection makes by itself when it comes and goes.
extension SocketOptions {
    /// What the application receives first from a new peer (ZMQ_ROUTER_NOTIFY).
    func arrivalNotice(at kind: SocketKind) -> Message? {
        kind == .router && routerNotices.contains(.connected) ? Message(Frame()) : nil
    }

    /// What a new peer gets first: an empty message (ZMQ_PROBE_ROUTER) and a greeting
    /// (ZMQ_HELLO_MSG).
    var openingMessages: [Message] {
        (probesRouter ? [Message(Frame())] : []) + (helloMessage.map { [$0] } ?? [])
    }

    /// What the application receives last from a peer whose going it has not asked for.
    ///
    /// ZMQ_ROUTER_NOTIFY, and ZMQ_DISCONNECT_MSG or, from who was connected to, ZMQ_HICCUP_MSG.
    func farewells(at kind: SocketKind, isConnector: Bool) -> [Message] {
        guard InboundPolicy(kind).deliversMessages, kind != .stream else { return [] }
        var messages: [Message] = []
        if kind == .router, routerNotices.contains(.disconnected) {
            messages.append(Message(Frame()))
        }
        if let own = isConnector ? hiccupMessage : disconnectMessage { messages.append(own) }
        return messages
    }
}

extension Message {
    /// The message in the form of the wire.
    var wireBytes: [UInt8] {
        var bytes: [UInt8] = []
        for index in indices {
            let flags: FrameFlags = index == endIndex - 1 ? [] : .more
            bytes.appendFrameHeader(flags, body: self[index].count)
            bytes += self[index]
        }
        return bytes
    }
}
