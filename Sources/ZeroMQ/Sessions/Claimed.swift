internal import ZeroMQReactor

/// A part of a connection that moves between the event loop and application threads.
///
/// The holder has exclusive use. Nobody waits for it: a thread that finds the part taken leaves a
/// note, and the holder calls the loop on release.
final class Claimed<Value: ~Copyable>: @unchecked Sendable {
    // Sendable because `value` belongs to the holder of `ownership`, and `deferred` to the loop.

    private let ownership = Ownership()
    private let value: UnsafeMutablePointer<Value>
    private var deferred: [(inout Value) -> Void] = []

    private let loop: EventLoop
    private let task: LoopTask

    /// `task` runs on the loop when the holder releases the value and another thread wanted it:
    /// either the loop found an application thread holding it, or the reverse.
    init(_ value: consuming Value, calling task: LoopTask, on loop: EventLoop) {
        (self.loop, self.task) = (loop, task)
        self.value = .allocate(capacity: 1)
        self.value.initialize(to: value)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// On the loop: uses the value now or, if it is taken, when it becomes free: the loop is then
    /// called, and its next `useOnLoop` runs `body` first.
    func arrange(_ body: @escaping (inout Value) -> Void) {
        deferred.append(body)
        useOnLoop { _ in }
    }

    /// On the loop: uses the value if it is free. If not, the loop is called when it becomes free.
    @discardableResult
    func useOnLoop<R>(_ body: (inout Value) -> R) -> R? {
        use {
            let work = deferred
            deferred = []
            for item in work { item(&value.pointee) }
            return body(&value.pointee)
        }
    }

    /// On any thread: uses the value if it is free. If not, the loop is called when it becomes
    /// free.
    func useElsewhere<R>(_ body: (inout Value) -> R) -> R? {
        use { body(&value.pointee) }
    }

    /// On any thread: uses the value if it is free. If not, returns nil and leaves no note.
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
