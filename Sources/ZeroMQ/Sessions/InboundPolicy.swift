internal import ZeroMQProtocol

/// What a session does with the frames that arrive, as the type of its socket wants it.
struct InboundPolicy {
    /// Messages are delivered; else they are passed over (PUSH, PUB).
    let deliversMessages: Bool
    /// Single frames that begin with 0 or 1, and the commands, change subscriptions (PUB, XPUB).
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

/// The limits that are looked at for every frame; what is unlimited has the greatest number.
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
