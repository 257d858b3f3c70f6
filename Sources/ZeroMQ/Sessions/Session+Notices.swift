internal import ZeroMQProtocol

/// Messages that a session makes by itself when its connection comes and goes.
extension Session {
    /// What the application receives first from a new connection (ZMQ_ROUTER_NOTIFY).
    var arrivalNotice: Message? {
        core.kind == .router && options.routerNotices.contains(.connected) ? Message(Frame()) : nil
    }

    /// What the application receives last from a connection.
    ///
    /// ZMQ_ROUTER_NOTIFY, and ZMQ_DISCONNECT_MSG or ZMQ_HICCUP_MSG. An end that this side asked for
    /// is no news to it.
    func farewells(after reason: SessionEnd) -> [Message] {
        guard InboundPolicy(core.kind).deliversMessages, !isRaw else {
            return []
        }
        if case .local = reason { return [] }
        var messages: [Message] = []
        if core.kind == .router, options.routerNotices.contains(.disconnected) {
            messages.append(Message(Frame()))
        }
        let own = keeper is Connector ? options.hiccupMessage : options.disconnectMessage
        if let own { messages.append(own) }
        return messages
    }
}

extension Message {
    /// The message in the form of the wire.
    var wireOctets: [UInt8] {
        var octets: [UInt8] = []
        for index in indices {
            let flags: FrameFlags = index == endIndex - 1 ? [] : .more
            octets.appendFrameHeader(flags, body: self[index].count)
            octets += self[index]
        }
        return octets
    }
}
