internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Changes of subscription that a publisher's peer has sent and the sending side has not applied.
///
/// The loop adds changes as it reads them; the holder of the send gate takes them all. A peer may
/// send changes faster than the holder applies them, so the list is short. When it is full, the
/// loop stops reading from this peer, and unread bytes pile up in the kernel and then at the peer.
/// The loop is called when there is room again. So the work per peer under the gate is bounded.
final class ArrivedChanges: Sendable {
    struct Change {
        let topic: Frame
        let isSubscribe: Bool
        /// How many messages the peer had sent before.
        let precedingMessages: UInt64
    }

    /// The most changes that may wait. `mostBytes` limits their total size.
    static let most = 32
    static let mostBytes = 16_384
    /// How many PINGs may wait for changes to be applied; of more, the newest are answered.
    static let mostPings = 4

    private struct State {
        var changes: [Change] = []
        var bytes = 0
        /// The contexts of PINGs that came after some of these changes, oldest first.
        var pings: [[UInt8]] = []
        /// The loop has stopped reading and has to be called when there is room.
        var isAwaited = false
    }

    private let state = Locked(State())
    /// XPUB: notices that the sending side has posted and the receiving side has not read.
    ///
    /// While there are any, no changes are taken from this list: otherwise notices would pile up
    /// while a thread stays inside the receive gate. The count is raised under the send gate and
    /// lowered under the receive gate. The receiving side lowers the count and then looks for
    /// changes; the loop adds changes before the sending side looks at the count. So if the sending
    /// side still sees notices, the receiving side sees the changes.
    private let noticesUnderWay = Atomic(0)

    var noticeCount: Int { noticesUnderWay.load(ordering: .acquiring) }

    var hasNoticesUnderWay: Bool { noticeCount > 0 }

    func noticePosted() { noticesUnderWay.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// Returns true if that was the last notice and changes are waiting for it.
    func noticeRead() -> Bool {
        let rest = noticesUnderWay.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        return rest == 0 && waiting > 0
    }

    /// Announces that there are changes. In at most one mailbox at a time.
    let letter = Letter(.subscriptions)

    /// Whether another change may be added. If not, `take` will have the loop called: both run
    /// under one lock, so either `take` sees that the loop waits, or the loop sees the room.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.isAwaited = state.changes.count >= Self.most || state.bytes >= Self.mostBytes
            return !state.isAwaited
        }
    }

    /// How many changes are waiting.
    var waiting: Int { state.withLock { $0.changes.count } }

    /// How many PINGs wait for changes to be applied.
    var waitingPings: Int { state.withLock { $0.pings.count } }

    func append(_ change: Change) {
        state.withLock { state in
            state.changes.append(change)
            state.bytes += change.topic.count
        }
    }

    /// Has a PING answered after the changes that wait. Returns false if none wait: what was taken
    /// before is applied before the next message is published.
    func putOff(ping context: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard !state.changes.isEmpty else { return false }
            if state.pings.count == Self.mostPings { state.pings.removeFirst() }
            state.pings.append(Array(context))
            return true
        }
    }

    /// Takes all changes, oldest first, with the PINGs to be answered after them, and returns
    /// whether the loop is waiting for room.
    func take() -> (changes: [Change], pings: [[UInt8]], isAwaited: Bool) {
        state.withLock { state in
            let taken = state
            state = State()
            return (taken.changes, taken.pings, taken.isAwaited)
        }
    }
}

extension SocketPipe {
    /// The peer subscribed to a topic, or cancelled, after it had sent `messages` messages. Called
    /// on the loop.
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

    /// Tells the sending side to apply the changes that have arrived.
    func announceChanges() {
        guard let core, let arrivedChanges else { return }
        // A letter already under way will be read after this point, and its reader takes every
        // change.
        guard arrivedChanges.letter.claim() else { return }
        arrivedChanges.letter.pipe = self
        core.deliverToSender(arrivedChanges.letter)
    }
}
