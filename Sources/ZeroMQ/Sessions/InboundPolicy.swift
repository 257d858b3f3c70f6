internal import ZeroMQProtocol

/// How a session treats arriving frames, depending on the type of its socket.
struct InboundPolicy {
    /// Messages are delivered; if false, they are skipped (PUSH, PUB).
    let deliversMessages: Bool
    /// Single frames that begin with 0 or 1 change subscriptions, as the commands do (PUB, XPUB).
    let takesSubscriptions: Bool

    init(_ kind: SocketKind) {
        switch kind {
        case .push: (deliversMessages, takesSubscriptions) = (false, false)
        case .publisher: (deliversMessages, takesSubscriptions) = (false, true)
        case .xPublisher: (deliversMessages, takesSubscriptions) = (true, true)
        case .pair, .subscriber, .request, .reply, .dealer, .router, .pull, .xSubscriber, .stream:
            (deliversMessages, takesSubscriptions) = (true, false)
        }
    }
}

/// The limits that are checked for every frame. `Int.max` means unlimited.
struct InboundLimits {
    let frame: Int
    let message: Int
    let parts: Int
    let topic: Int
    let command: Int

    init(_ limits: ProtocolLimits) {
        frame = limits.frame ?? .max
        message = limits.message ?? .max
        parts = limits.partsPerMessage
        topic = limits.topicBytes
        command = limits.longestTrafficCommand
    }
}
