internal import ZeroMQReactor

/// A part of a connection that moves between the event loop and application threads.
///
/// Whoever has claimed it has it alone. Nobody waits: who comes while somebody else is at it leaves
/// a note, and the loop is called as soon as the other is done.
final class Claimed<Value: ~Copyable>: @unchecked Sendable {
    // Sendable because `value` belongs to whoever holds `ownership`, and `deferred` to the loop.

    private let ownership = Ownership()
    private let value: UnsafeMutablePointer<Value>
    private var deferred: [(inout Value) -> Void] = []

    private let loop: EventLoop
    private let task: LoopTask

    /// `task` calls the loop, because it wanted the value while somebody else had it, or the other
    /// way round.
    init(_ value: consuming Value, calling task: LoopTask, on loop: EventLoop) {
        (self.loop, self.task) = (loop, task)
        self.value = .allocate(capacity: 1)
        self.value.initialize(to: value)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// On the loop: uses the value now, or at the next `useOnLoop`, which the loop is called for.
    func arrange(_ body: @escaping (inout Value) -> Void) {
        deferred.append(body)
        useOnLoop { _ in }
    }

    /// On the loop: uses the value if it is free. If not, the loop is called when it comes free.
    @discardableResult
    func useOnLoop<R>(_ body: (inout Value) -> R) -> R? {
        use {
            let work = deferred
            deferred = []
            for item in work { item(&value.pointee) }
            return body(&value.pointee)
        }
    }

    /// On any thread: uses the value if it is free. If not, the loop is called when it comes free.
    func useElsewhere<R>(_ body: (inout Value) -> R) -> R? {
        use { body(&value.pointee) }
    }

    /// On any thread: uses the value if it is free. If not, nothing is lost by that.
    func useIfFree<R>(_ body: (inout Value) -> R) -> R? {
        guard ownership.take() else { return nil }
        let result = body(&value.pointee)
        if ownership.release() { loop.post(task) }
        return result
    }

    private func use<R>(_ body: () -> R) -> R? {
        guard ownership.takeOrLeaveNote() else { return nil }
        let result = body()
        if ownership.release() { loop.post(task) }
        return result
    }
}
