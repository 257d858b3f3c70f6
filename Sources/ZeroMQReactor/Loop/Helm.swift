internal import Synchronization

/// The word that says who drives a loop, and what the others want to know about it.
///
///     free ──take──▶ own thread ──release──▶ free ──take──▶ guest ──release──▶ free
///
/// Two parties that must not miss each other both write first and read second, in sequential
/// consistency: whoever releases writes `holder` and then reads `followers` and the mailbox;
/// whoever needs the loop driven writes `followers`, or posts, and then reads `holder`.
struct Helm: ~Copyable {
    enum Holder: UInt8, AtomicRepresentable {
        case nobody
        /// The loop's own thread. Next: `nobody`.
        case ownThread
        /// A thread of the application that would only have to wait. Next: `nobody`.
        case guest
    }

    private let holder = Atomic<Holder>(.nobody)
    /// Callers that wait for something the loop brings, and do not drive it.
    private let followers = Atomic<Int>(0)
    /// A caller would have driven the loop. Relaxed: a hint that decides who drives next.
    private let isWanted = Atomic<Bool>(false)
    /// How often guests have driven. Relaxed: compared with itself by one thread.
    private let guestTurns = Atomic<UInt32>(0)
    /// The own thread sleeps until a guest has left. Read by guests after `release`, written by
    /// the own thread before it looks at `holder` again.
    private let isAwaited = Atomic<Bool>(false)

    /// Takes the helm if nobody has it. Acquires what the last holder released.
    func take(as newcomer: Holder) -> Bool {
        holder.compareExchange(
            expected: .nobody,
            desired: newcomer,
            ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Gives the helm up. Everything the holder did is released to the next one.
    func release() {
        _ = holder.exchange(.nobody, ordering: .sequentiallyConsistent)
    }

    var current: Holder { holder.load(ordering: .sequentiallyConsistent) }

    // MARK: Followers

    func addFollower() { followers.wrappingAdd(1, ordering: .sequentiallyConsistent) }
    func removeFollower() { followers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    var hasFollowers: Bool { followers.load(ordering: .sequentiallyConsistent) > 0 }

    // MARK: Hints

    /// A caller asks for the helm the next time it comes free.
    func ask() { isWanted.store(true, ordering: .relaxed) }

    /// Whether a caller has asked since this was last answered.
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
