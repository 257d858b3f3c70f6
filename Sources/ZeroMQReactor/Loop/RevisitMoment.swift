internal import Synchronization

/// When a loop runs again, all together, the tasks that were to be run again in a moment.
///
/// A thread that has just done what the tasks are for may put the moment off, so that the loop does
/// not wake up to find nothing to do. Not for long: what another task is for may wait meanwhile.
struct RevisitMoment: ~Copyable {
    private static let never = Int64.max

    /// How long after it was asked for the moment comes.
    static var delay: Duration { .microseconds(60) }
    /// How far it is put off, if it is nearer than half of that.
    private static let respite: Int64 = 200_000
    /// How far in all.
    private static let longest: Int64 = 1_000_000

    /// The moment, and the last one to which it may be put off, by the loop's clock.
    ///
    /// Relaxed: no data depends on them. They may change while an alarm rings or is being set, so
    /// whoever it wakes compares, and sets it again.
    private let due = Atomic<Int64>(RevisitMoment.never)
    private let limit = Atomic<Int64>(0)

    /// The moment; the distant future if nothing is to be run.
    var instant: Instant { Instant(nanoseconds: due.load(ordering: .relaxed)) }

    /// Something is to be run again. Called on the loop.
    func begin(at now: Instant) {
        limit.store(now.nanoseconds &+ Self.longest, ordering: .relaxed)
        due.store((now + Self.delay).nanoseconds, ordering: .relaxed)
    }

    /// It is being run. Called on the loop.
    func end() { due.store(Self.never, ordering: .relaxed) }

    /// Puts the moment off, on any thread; after how long it comes instead, if that is worth an
    /// alarm.
    func putOff(now: Instant) -> Duration? {
        let present = due.load(ordering: .relaxed)
        guard present < now.nanoseconds &+ Self.respite / 2 else { return nil }
        let later = min(now.nanoseconds &+ Self.respite, limit.load(ordering: .relaxed))
        guard later > present else { return nil }
        let outcome = due.compareExchange(expected: present, desired: later, ordering: .relaxed)
        return outcome.exchanged ? .nanoseconds(later &- now.nanoseconds) : nil
    }
}
