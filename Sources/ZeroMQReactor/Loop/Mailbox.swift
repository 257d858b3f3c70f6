internal import Synchronization

/// A loop's queue of tasks, filled by any thread and emptied by one.
///
/// One word holds everything: the newest task or, without tasks, whether the loop is awake, asleep
/// or gone. A poster replaces the word by its task; if its exchange replaced "asleep", it wakes the
/// loop. The loop falls asleep by exchanging "awake" for "asleep", which fails if a task has
/// arrived. Both are read-modify-writes of the same word, so one comes first: either the poster
/// finds the loop asleep, or the loop finds the task. No other fence is needed, and of many posters
/// exactly one pays for the wake-up.
final class Mailbox: Sendable {
    private static let awake: UInt = 0
    private static let asleep: UInt = 1
    private static let closed: UInt = 2

    /// The newest task as a retained reference, or one of the three states above.
    private let word = Atomic<UInt>(Mailbox.awake)

    /// What the poster has to do.
    enum Outcome {
        /// Nothing: the task will run.
        case queued
        /// Wake the loop; then the task will run.
        case mustWake
        /// The loop has ended, and the task will not run.
        case refused
    }

    deinit {
        for task in TaskList(newest: word.load(ordering: .acquiring)) {
            task.release()
        }
    }

    /// Queues a task unless it is queued already.
    func post(_ task: LoopTask) -> Outcome {
        guard task.claim() else { return .queued }
        let reference = Unmanaged.passRetained(task)
        let bits = UInt(bitPattern: reference.toOpaque())
        var previous = word.load(ordering: .relaxed)
        while true {
            if previous == Mailbox.closed {
                reference.release()
                task.release()
                return .refused
            }
            task.next = previous == Mailbox.asleep ? Mailbox.awake : previous
            // Releases `next` to the acquiring exchange in `take`. Also ordered before the poster
            // looks for a driver: see `hasTasks`.
            let (exchanged, original) = word.weakCompareExchange(
                expected: previous,
                desired: bits,
                successOrdering: .sequentiallyConsistent,
                failureOrdering: .relaxed
            )
            if exchanged { return previous == Mailbox.asleep ? .mustWake : .queued }
            previous = original
        }
    }

    /// Takes all tasks, oldest first. Called only by the thread that drives the loop.
    ///
    /// A closed mailbox stays closed: a caller may come to drive a loop that has ended. It cannot
    /// be closed between the check and the exchange, because only the driver closes it.
    func take() -> TaskList {
        let present = word.load(ordering: .relaxed)
        guard present != Mailbox.awake, present != Mailbox.closed else {
            return TaskList(newest: Mailbox.awake)
        }
        // Acquiring: pairs with the releasing exchanges in `post`.
        return TaskList(newest: word.exchange(Mailbox.awake, ordering: .acquiring))
    }

    /// Announces that the loop is about to sleep. Returns false if there are tasks.
    func fallAsleep() -> Bool {
        word.compareExchange(
            expected: Mailbox.awake,
            desired: Mailbox.asleep,
            ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Whether tasks wait. A driver that has left reads this, while a poster looks for a driver:
    /// both write before they read, in sequential consistency.
    var hasTasks: Bool { Mailbox.isTask(word.load(ordering: .sequentiallyConsistent)) }

    /// Announces that the loop is awake, so that posters stop waking it. Does nothing if one
    /// already did.
    func awaken() {
        _ = word.compareExchange(
            expected: Mailbox.asleep,
            desired: Mailbox.awake,
            ordering: .acquiringAndReleasing
        )
    }

    /// Refuses all further tasks and returns those that came before.
    func close() -> TaskList {
        TaskList(newest: word.exchange(Mailbox.closed, ordering: .acquiringAndReleasing))
    }

    /// Whether a word is the reference of a task and not one of the states.
    static func isTask(_ word: UInt) -> Bool { word > closed }
}
