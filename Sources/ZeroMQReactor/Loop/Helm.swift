internal import Synchronization

/// The word that says which thread drives a loop, and hints for the other threads.
///
///     free ──take──▶ own thread ──release──▶ free ──take──▶ guest ──release──▶ free
///
/// Two parties must not miss each other, so both write first and read second, in sequential
/// consistency. The thread that releases writes `holder` and then reads `followers` and the
/// mailbox. The thread that needs the loop driven writes `followers`, or posts, and then reads
/// `holder`.
struct Helm: ~Copyable {
    enum Holder: UInt8, AtomicRepresentable {
        case nobody
        /// The loop's own thread. Next: `nobody`.
        case ownThread
        /// An application thread that would only wait. Next: `nobody`.
        case guest
    }

    private let holder = Atomic<Holder>(.nobody)
    /// The number of callers that depend on the loop and do not drive it.
    private let followers = Atomic<Int>(0)
    /// Whether a caller would have driven the loop. Relaxed: a hint that decides who drives next.
    private let isWanted = Atomic<Bool>(false)
    /// How often guests have driven. Relaxed: one thread compares it with an earlier value.
    private let guestTurns = Atomic<UInt32>(0)
    /// The own thread sleeps until the guest has left. Guests read it after `release`; the own
    /// thread writes it before it reads `holder` again.
    private let isAwaited = Atomic<Bool>(false)

    /// Takes the helm if it is free. Acquires what the last holder released.
    func take(as newcomer: Holder) -> Bool {
        holder.compareExchange(
            expected: .nobody,
            desired: newcomer,
            ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Releases the helm, and everything the holder did, to the next holder.
    func release() {
        _ = holder.exchange(.nobody, ordering: .sequentiallyConsistent)
    }

    var current: Holder { holder.load(ordering: .sequentiallyConsistent) }

    // MARK: Followers

    func addFollower() { followers.wrappingAdd(1, ordering: .sequentiallyConsistent) }
    func removeFollower() { followers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    var hasFollowers: Bool { followers.load(ordering: .sequentiallyConsistent) > 0 }

    // MARK: Hints

    /// Asks for the helm the next time it is free.
    func ask() { isWanted.store(true, ordering: .relaxed) }

    /// Whether a caller has asked since the last call.
    func takeRequest() -> Bool {
        isWanted.load(ordering: .relaxed) && isWanted.exchange(false, ordering: .relaxed)
    }

    func noteGuest() { guestTurns.wrappingAdd(1, ordering: .relaxed) }
    var guestCount: UInt32 { guestTurns.load(ordering: .relaxed) }

    var awaitsGuest: Bool {
        get { isAwaited.load(ordering: .sequentiallyConsistent) }
        nonmutating set { isAwaited.store(newValue, ordering: .sequentiallyConsistent) }
    }
}
