internal import Synchronization
internal import ZeroMQProtocol

/// A note to one direction of a socket, left in the mailbox of its gate.
///
/// The letters that a pipe sends repeatedly live in the pipe and need no allocation; see
/// `SocketPipe`. A letter is in at most one mailbox at a time and belongs to its poster until then.
final class Letter: @unchecked Sendable {
    // Sendable because a letter belongs to its sender until it is posted, and then to the holder of
    // the gate; the mailbox's releasing push and acquiring take order the two.

    /// Kept small, because each peer has two letters of its own; large content is stored elsewhere.
    enum Content {
        /// The pipe's inbound stream has something to read.
        case readable
        /// The pipe's outbound stream has room again.
        case room
        /// Conflating: a message was put on the pipe's shelf.
        case shelved
        /// XPUB: the application has received a notice from this peer. The value is the topic's
        /// byte count.
        case grantRead(Int)
        /// Over inproc: the other socket's receive mark has changed, or has become known.
        case partnerMark
        /// The new high-water mark of the pipe's inbound stream.
        case inboundMark(Int)
        /// A pipe joins the socket.
        case attach
        /// The socket stops sending through a pipe. What the pipe holds is still being sent.
        case retire
        /// A pipe leaves: nothing more can be written to it, or nothing more will arrive.
        case detach
        /// A pipe leaves. Its unsent messages are dropped for this cause, and so are `cut` messages
        /// that had left its queue but were only partly written.
        case depart(DropCause, cut: Int)
        /// The peer behind the pipe identified itself in a handshake that has just completed.
        case identify(PeerDescription)
        /// A server refuses the pipe's connection, or, with nil, no longer refuses it.
        indirect case refusal(ZeroMQError?)
        /// The connection broke; the pipe waits for the next one.
        case connectionLost
        /// A publisher continues to remove the subscriptions of peers that have left.
        case departedSubscribers
        /// The peer has changed what it subscribes to, see `ArrivedChanges`.
        case subscriptions
        /// The same over inproc. `after` is how many messages the peer had sent before.
        indirect case subscription(topic: [UInt8], isSubscribe: Bool, after: UInt64)
        /// REQ: the held request with this number has been put into the pipe's queue.
        case placed(UInt32)
        /// The peer's routing id has changed.
        indirect case rename(Frame)
        /// The application of an XPUB is to be told of a subscription.
        indirect case notice(NoticeQueue.Notice)
        /// A peer of an XPUB has left while this many of its notices were unread.
        case noticesEnd(peerNumber: UInt64, unread: Int)
    }

    var content: Content
    /// The letter is under way. Set by `claim`, cleared by `arrive`.
    ///
    /// Both use an exchange, so they have one order: a claim that fails comes before the arrival,
    /// and the reader of the letter sees everything that was published before that claim.
    private let isUnderWay = Atomic(false)
    /// The pipe the letter is about. Set while the letter is under way, to keep the pipe alive.
    var pipe: SocketPipe?
    /// The letter posted before this one.
    var next: Unmanaged<Letter>?

    init(_ content: Content, pipe: SocketPipe? = nil) {
        self.content = content
        self.pipe = pipe
    }

    /// Claims the right to post a reusable letter. Returns false if it is already under way.
    func claim() -> Bool {
        !isUnderWay.exchange(true, ordering: .acquiringAndReleasing)
    }

    /// The letter has been taken out of its mailbox: it may be posted again. Returns its pipe.
    func arrive() -> SocketPipe? {
        let pipe = pipe.take()
        _ = isUnderWay.exchange(false, ordering: .acquiringAndReleasing)
        return pipe
    }
}
