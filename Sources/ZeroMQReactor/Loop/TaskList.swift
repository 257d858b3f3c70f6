/// The tasks taken from a mailbox, oldest first. Iterated once, to the end.
///
/// A mailbox links each task to the one posted before it. Reversing the links puts the tasks in
/// order without allocating a list.
struct TaskList: Sequence, IteratorProtocol {
    private var oldest: UInt = 0

    /// No tasks.
    init() {}

    var isEmpty: Bool { !Mailbox.isTask(oldest) }

    /// Takes over a mailbox's chain, and its references.
    init(newest: UInt) {
        var word = newest
        while let task = TaskList.task(word) {
            let older = task.takeUnretainedValue().next
            task.takeUnretainedValue().next = oldest
            oldest = word
            word = older
        }
    }

    /// The next task. Its link is read before the task is returned, and may be reused for another
    /// mailbox from then on.
    mutating func next() -> LoopTask? {
        guard let task = TaskList.task(oldest)?.takeRetainedValue() else { return nil }
        oldest = task.next
        return task
    }

    private static func task(_ word: UInt) -> Unmanaged<LoopTask>? {
        guard Mailbox.isTask(word), let pointer = UnsafeRawPointer(bitPattern: word) else {
            return nil
        }
        return Unmanaged.fromOpaque(pointer)
    }
}
