internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Changes of subscription that a publisher's peer has sent and the sending side has not taken up.
///
/// The loop puts them in as it reads them; whoever is inside the send gate takes them all. A peer
/// can send them faster than they are taken up, so there is room for few: then the loop ceases to
/// read from this peer, whose bytes stay with the kernel and in the end with itself, and is called
/// when there is room again. So whoever is inside never has more to do than this for each peer.
final class ArrivedChanges: Sendable {
    struct Change {
        let topic: Frame
        let isSubscribe: Bool
        /// How many messages the peer had sent before.
        let precedingMessages: UInt64
    }

    /// So many wait, or as few as have so many bytes.
    static let most = 32
    static let mostBytes = 16_384

    private struct State {
        var changes: [Change] = []
        var bytes = 0
        /// The loop has ceased to read, and is to be called.
        var isAwaited = false
    }

    private let state = Locked(State())
    /// XPUB: notices that the sending side has posted and the receiving side has not read.
    ///
    /// They are not to grow while somebody is inside the receive gate: as long as there are some,
    /// nothing is taken from here. Raised under the send gate, lowered under the receive gate. The
    /// receiving side lowers it and then looks for changes; they were put in before the sending
    /// side looked at the number. So if that one found notices, this one finds the changes.
    private let noticesUnderWay = Atomic(0)

    var noticeCount: Int { noticesUnderWay.load(ordering: .acquiring) }

    var hasNoticesUnderWay: Bool { noticeCount > 0 }

    func noticePosted() { noticesUnderWay.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// Whether that was the last one, and changes wait for it.
    func noticeRead() -> Bool {
        let rest = noticesUnderWay.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        return rest == 0 && waiting > 0
    }

    /// Says that there are some. Under way at most once.
    let letter = Letter(.subscriptions)

    /// Whether another may be put in. If not, whoever takes what is there has the loop called: the
    /// answer and the taking are under one lock, so that one of the two sees the other.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.isAwaited = state.changes.count >= Self.most || state.bytes >= Self.mostBytes
            return !state.isAwaited
        }
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.changes.count } }

    func append(_ change: Change) {
        state.withLock { state in
            state.changes.append(change)
            state.bytes += change.topic.count
        }
    }

    /// Takes all, the oldest first, and says whether the loop waits for that.
    func take() -> (changes: [Change], isAwaited: Bool) {
        state.withLock { state in
            let taken = state
            state = State()
            return (taken.changes, taken.isAwaited)
        }
    }
}

extension SocketPipe {
    /// The peer subscribed to a topic, or cancelled, after it had sent so many messages. Called on
    /// the loop.
    func deliverSubscription(
        to topic: UnsafeRawBufferPointer,
        isSubscribe: Bool,
        after messages: UInt64
    ) {
        guard let arrivedChanges else { return }
        arrivedChanges.append(
            ArrivedChanges.Change(
                topic: Frame(copying: topic),
                isSubscribe: isSubscribe,
                precedingMessages: messages
            )
        )
        announceChanges()
    }

    /// Has the sending side take up what has arrived.
    func announceChanges() {
        guard let core, let arrivedChanges else { return }
        // A letter under way is read after this, and what is there then is taken.
        guard arrivedChanges.letter.claim() else { return }
        arrivedChanges.letter.pipe = self
        core.deliverToSender(arrivedChanges.letter)
    }
}
