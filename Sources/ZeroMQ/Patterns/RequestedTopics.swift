internal import ZeroMQProtocol

/// XPUB: the topics that peers asked for, where the application decides what they get.
///
/// Kept because a peer's going is told in the same words as its coming. A class, because few
/// sockets have one.
final class RequestedTopics {
    private var table = SubscriptionTable()

    /// Notes a wish, or that it was taken back. True if that is news.
    func change(_ topic: Frame, of subscriber: Int, isSubscribe: Bool) -> Bool {
        let change =
            isSubscribe
            ? table.insert(topic, for: subscriber) : table.remove(topic, for: subscriber)
        return change.isNew
    }

    /// The limit that one more topic of this peer would exceed.
    func limitExceeded(
        by topic: Frame,
        of subscriber: Int,
        _ limits: ProtocolLimits
    ) -> ProtocolError.Limit? {
        table.limitExceeded(by: topic, of: subscriber, limits)
    }

    /// Forgets a peer, or so many of its topics, and calls `body` with each that it had asked for.
    /// Returns how many topics it may forget further.
    func removeAll(
        of subscriber: Int,
        atMost most: Int,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        table.removeAll(of: subscriber, atMost: most, tellingEach: true, body)
    }
}

/// XPUB: the peer whose notice was received last. It may have gone since.
///
/// A class, because publishers ask for each message whether there is one: a weak reference would be
/// copied for that.
final class NoticedPeer {
    private(set) weak var pipe: SocketPipe?

    init(pipe: SocketPipe?) { self.pipe = pipe }
}
