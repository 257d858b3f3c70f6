internal import Synchronization

/// When a loop runs the tasks again that asked for it; all of them run together.
///
/// A thread that has just done the work of such a task may put the moment off, so that the loop
/// does not wake up for nothing. The delay is limited, because other tasks may have work.
struct RevisitMoment: ~Copyable {
    private static let never = Int64.max

    /// The delay between the request and the moment.
    static var delay: Duration { .microseconds(60) }
    /// How far the moment is put off, in nanoseconds, if it is nearer than half of that.
    private static let respite: Int64 = 200_000
    /// How far it may be put off in all, in nanoseconds.
    private static let longest: Int64 = 1_000_000

    /// The moment; and below, the latest one to which it may be put off, by the loop's clock.
    ///
    /// Relaxed: no other data depends on them. They may change while an alarm fires or is being
    /// set, so the loop compares when it is woken, and sets the alarm again.
    private let due = Atomic<Int64>(RevisitMoment.never)
    private let limit = Atomic<Int64>(0)

    /// The moment; the distant future if no task asked for one.
    var instant: Instant { Instant(nanoseconds: due.load(ordering: .relaxed)) }

    /// A task asked to run again. Called on the loop.
    func begin(at now: Instant) {
        limit.store(now.nanoseconds &+ Self.longest, ordering: .relaxed)
        due.store((now + Self.delay).nanoseconds, ordering: .relaxed)
    }

    /// The tasks are being run. Called on the loop.
    func end() { due.store(Self.never, ordering: .relaxed) }

    /// Puts the moment off. Returns the new delay if an alarm has to be set for it. Any thread may
    /// call this.
    func putOff(now: Instant) -> Duration? {
        let present = due.load(ordering: .relaxed)
        guard present < now.nanoseconds &+ Self.respite / 2 else { return nil }
        let later = min(now.nanoseconds &+ Self.respite, limit.load(ordering: .relaxed))
        guard later > present else { return nil }
        let outcome = due.compareExchange(expected: present, desired: later, ordering: .relaxed)
        return outcome.exchanged ? .nanoseconds(later &- now.nanoseconds) : nil
    }
}
