internal import Synchronization
internal import ZeroMQProtocol

/// A note to one direction of a socket, left in the mailbox of its gate.
///
/// The letters that every pipe sends again and again live in the pipe and cost no allocation;
/// see `SocketPipe`. A letter is in at most one mailbox at a time: whoever posts it owns it then.
final class Letter: @unchecked Sendable {
    // Sendable because a letter belongs to its sender until it is posted, and then to the holder of
    // the gate; the mailbox's releasing push and acquiring take order the two.

    /// Small, because each peer has two letters of its own; what is large is kept elsewhere.
    enum Content {
        /// The pipe's inbound stream has something to read.
        case readable
        /// The pipe's outbound stream has room again.
        case room
        /// Conflating: a message was put on the pipe's shelf.
        case shelved
        /// XPUB: the application has received a notice of a topic of so many bytes from this peer.
        case grantRead(Int)
        /// Over inproc: how much the other socket takes has changed, or is known only now.
        case partnerMark
        /// How many messages the pipe's inbound stream holds from now on.
        case inboundMark(Int)
        /// A pipe joins the socket.
        case attach
        /// A pipe gets nothing more to send. What it holds is still being sent.
        case retire
        /// A pipe leaves: nothing more can be written to it, or nothing more will arrive.
        case detach
        /// A pipe leaves with what it could not send, which is dropped for this cause, and with so
        /// many messages that had left its queue and were cut.
        case depart(DropCause, cut: Int)
        /// The peer behind the pipe said who it is, in a handshake just completed.
        case identify(PeerDescription)
        /// A server refuses the pipe's connection, or with nil does so no more.
        indirect case refusal(ZeroMQError?)
        /// The connection broke; the pipe waits for the next one.
        case connectionLost
        /// A publisher goes on to forget what peers had subscribed to that have left.
        case departedSubscribers
        /// The peer has changed what it subscribes to, see `ArrivedChanges`.
        case subscriptions
        /// The same over inproc, after the peer had sent so many messages.
        indirect case subscription(topic: [UInt8], isSubscribe: Bool, after: UInt64)
        /// REQ: the request of this number, which was held, is in the pipe's queue.
        case placed(UInt32)
        /// The peer has another routing id than before.
        indirect case rename(Frame)
        /// An XPUB's application is to learn of a subscription.
        indirect case notice(NoticeQueue.Notice)
        /// A peer of an XPUB has left after so many notices that have not been received.
        case noticesEnd(peerNumber: UInt64, unread: Int)
    }

    var content: Content
    /// The letter is under way. Turned on by `claim`, off by `arrive`.
    ///
    /// Both exchange, so they have one order: a claim that fails comes before the arrival, and what
    /// was published before it is seen by whoever reads the letter.
    private let isUnderWay = Atomic(false)
    /// The pipe the letter is about. Set while the letter is under way, to keep the pipe alive.
    var pipe: SocketPipe?
    /// The letter posted before this one.
    var next: Unmanaged<Letter>?

    init(_ content: Content, pipe: SocketPipe? = nil) {
        self.content = content
        self.pipe = pipe
    }

    /// Takes the right to post a letter that is used again and again. False if it is under way.
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
